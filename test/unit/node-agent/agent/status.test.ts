import { describe, expect, it } from 'vitest';
import { createBackoff } from '#node-agent/agent/backoff.ts';
import { desiredFrom } from '#node-agent/agent/desired.ts';
import { slotPlan } from '#node-agent/agent/slot-plan.ts';
import { hostPatch, statusFor } from '#node-agent/agent/status.ts';
import { createStatusReporter } from '#node-agent/agent/status-reporter.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';

const CONFIGURED = { eniId: 'eni-06', generation: 1, configured: true, mtu: 9001 };

describe('hostPatch', () => {
  it('says nothing when the object says it already', () => {
    expect(hostPatch({ [SLOT]: CONFIGURED }, { [SLOT]: { ...CONFIGURED } })).toBeUndefined();
  });

  it('takes away the fields that are no longer so', () => {
    const before = { ...CONFIGURED, inUseBy: 'testpmd', reason: 'InUse', message: 'Wait.' };

    expect(hostPatch({ [SLOT]: before }, { [SLOT]: CONFIGURED })).toEqual({
      [SLOT]: { ...CONFIGURED, inUseBy: null, reason: null, message: null },
    });
  });

  it('says nothing of slots that did not change, nor of those it does not know', () => {
    const patch = hostPatch(
      { [SLOT]: CONFIGURED, gone: CONFIGURED },
      { [SLOT]: CONFIGURED, 'data/subnet-2': CONFIGURED },
    );

    expect(patch).toEqual({ 'data/subnet-2': CONFIGURED });
  });
});

const DEVICE = { address: '0000:00:06.0', birth: '1' };
const BIND = { type: 'bind', device: DEVICE, driver: 'vfio-pci' } as const;

describe('statusFor', () => {
  /** A step that is left to do, some time after it failed once; that holds it back for two seconds. */
  const reasonAfter = (seconds: number): string | undefined => {
    const clock = { seconds: 0 };
    const backoff = createBackoff(() => clock.seconds * 1000);
    const [desired] = desiredFrom(hostState({ [SLOT]: slotSpec() }));
    if (desired === undefined) throw new Error('Nothing is desired.');
    backoff.failed(`${SLOT}@${desired.generation}`, BIND, new Error('no'));
    clock.seconds = seconds;
    const slots = [slotPlan({ desired }, { actions: [BIND] })];
    return statusFor({ plugin: [], withdrawals: [], slots, leftovers: [], offered: {} }, backoff)[
      SLOT
    ]?.reason;
  };

  it.each([0, 1, 2, 3])('reports why the next step failed, %i s after it did', (seconds) => {
    expect(reasonAfter(seconds)).toBe('BindFailed');
  });
});

describe('createStatusReporter', () => {
  const setUp = () => {
    const patches: unknown[] = [];
    const sink = {
      patchHost: async (patch: object) => {
        patches.push(patch);
      },
    };
    return { patches, sink, reporter: createStatusReporter(sink) };
  };

  it('reports a status once, although the object it works from is older', async () => {
    const { patches, reporter } = setUp();
    const state = hostState({ [SLOT]: slotSpec() });
    await reporter.report(state, { [SLOT]: CONFIGURED });

    await reporter.report(state, { [SLOT]: CONFIGURED });

    expect(patches).toEqual([{ [SLOT]: CONFIGURED }]);
  });

  it('reports it again when somebody took it away', async () => {
    const { patches, reporter } = setUp();
    await reporter.report(hostState({ [SLOT]: slotSpec() }), { [SLOT]: CONFIGURED });

    await reporter.report(hostState({ [SLOT]: slotSpec() }, {}), { [SLOT]: CONFIGURED });

    expect(patches).toHaveLength(2);
  });

  it('reports it again when the report failed', async () => {
    const { patches, sink, reporter } = setUp();
    const state = hostState({ [SLOT]: slotSpec() });
    const { patchHost } = sink;
    sink.patchHost = () => Promise.reject(new Error('away'));
    await expect(reporter.report(state, { [SLOT]: CONFIGURED })).rejects.toThrow('away');
    sink.patchHost = patchHost;

    await reporter.report(state, { [SLOT]: CONFIGURED });

    expect(patches).toHaveLength(1);
  });
});

describe('createBackoff', () => {
  it('doubles the wait with each failure, up to five minutes', () => {
    const clock = { seconds: 0 };
    const backoff = createBackoff(() => clock.seconds * 1000);
    const waits: (number | undefined)[] = [];
    for (let failure = 0; failure < 10; failure += 1) {
      backoff.failed('slot', BIND, new Error('no'));
      waits.push(backoff.secondsToNext());
      clock.seconds += backoff.secondsToNext() ?? 0;
    }

    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('holds back the same action of the same scope only', () => {
    const backoff = createBackoff(() => 0);
    backoff.failed('slot@1', BIND, new Error('no'));

    expect(backoff.holding('slot@1', BIND)?.message).toBe('no');
    expect(backoff.holding('slot@2', BIND)).toBeUndefined();
    expect(backoff.holding('slot@1', { ...BIND, driver: 'igb_uio' })).toBeUndefined();
  });

  it('starts afresh after a success', () => {
    const backoff = createBackoff(() => 0);
    backoff.failed('slot', BIND, new Error('no'));
    backoff.succeeded('slot', BIND);

    backoff.failed('slot', BIND, new Error('no'));

    expect(backoff.secondsToNext()).toBe(2);
  });
});
