import { describe, expect, it } from 'vitest';
import {
  beginLook,
  resumeLook,
  runLook,
} from '#core/controllers/instance-interfaces/execute/passes.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anObservation,
  aSubnet,
  INSTANCE_ID,
  NOW,
  without,
} from '#test/support/builders.ts';
import { aSmallWorld, stateAfter, type World } from '../small-world.ts';

const SLOT = 'data/subnet-a';

/** Two slots, of which `data/subnet-b` comes second. */
const TWO: Partial<Observed> = {
  nodeEnis: [aNodeEni({ subnetIDs: ['subnet-b'] })],
  subnets: [aSubnet(), aSubnet({ subnetId: 'subnet-b' })],
};

const run = async (observed: Observed, refused: World['refused'] = {}) => {
  const { dependencies, done } = aSmallWorld({ refused });
  const look = await runLook(beginLook(observed), dependencies);
  const reasons = look.plan.slots.map(({ report }) => report?.reason);
  return { look, done, reasons };
};

describe('runLook', () => {
  it('records what the call must not forget, and goes on to the last step', async () => {
    const { look, done, reasons } = await run(anObservation());

    expect(done).toEqual([
      `record interfaces,nodeName of ${INSTANCE_ID}`,
      'create in subnet-a',
      'attach eni-new-1 at 2',
      'flag eni-new-1 attachment-of-eni-new-1 true',
    ]);
    expect(look.results.map(({ action }) => action.type)).toEqual([
      'create',
      'attach',
      'set-delete-on-termination',
    ]);
    expect(reasons).toEqual(['Attaching']);
    expect(look.observed.state?.spec.nodeName).toBe(aNode().name);
  });

  it('records no name while the node has not registered', async () => {
    const world = without(anObservation({ predictedLabels: { ng: 'multi-eni' } }), 'node');

    const { done } = await run(world);

    expect(done.slice(0, 2)).toEqual([`record interfaces of ${INSTANCE_ID}`, 'create in subnet-a']);
  });

  it('makes no call where there is nothing to do, and leaves the look as it is', async () => {
    const start = beginLook(anObservation({ ours: [anEni()] }));

    const look = await runLook(start, aSmallWorld().dependencies);

    expect(look).toBe(start);
  });

  it('keeps a state that needs no record first, and has none where there was none', async () => {
    const drifted = anEni({ description: 'by hand' });
    const state = stateAfter(anObservation({ ours: [drifted] }));

    const kept = await run(anObservation({ ours: [drifted], state }));
    const none = await run(anObservation({ ours: [drifted] }));

    expect(kept.look.observed.state).toBe(state);
    expect(none.look.observed).not.toHaveProperty('state');
    expect(kept.done).toEqual(['describe eni-1']);
  });

  it('shows in every state what the host answered', async () => {
    const command = { digest: '', bootedAt: '', sentAt: '', commandId: 'command-1', failures: 0 };
    const row = { eniId: 'eni-1', generation: 1 };
    const answer = { command, rows: { [SLOT]: row } };

    const { look } = await run(anObservation({ answer }));

    expect(look.observed.state).toMatchObject({
      spec: { hostCommand: command },
      status: { host: { [SLOT]: row } },
    });
  });

  it('makes twelve rounds and no more', async () => {
    const refused = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`attach eni-1 at ${index}`, 'Conflict'] as const),
    );
    const limits = {
      instanceType: 'm5.4xlarge',
      maximumNetworkInterfaces: 40,
      networkCards: [40],
    };

    const { done } = await run(anObservation({ ours: [anAvailableEni()], limits }), refused);

    expect(done).toHaveLength(12);
  });
});

describe('runLook, when a call fails', () => {
  it('tells why, and does not try again in this look while other slots go on', async () => {
    const { done, look } = await run(anObservation(TWO), { 'create in subnet-a': 'Denied' });

    expect(done.slice(1)).toEqual([
      'create in subnet-a',
      'create in subnet-b',
      // That nothing can come of the refused call.
      `record interfaces,nodeName of ${INSTANCE_ID}`,
      'attach eni-new-1 at 3',
      'flag eni-new-1 attachment-of-eni-new-1 true',
    ]);
    expect(look.plan.slots).toMatchObject([
      { slot: SLOT, report: { phase: 'Failed', reason: 'AccessDenied' } },
      { slot: 'data/subnet-b', report: { reason: 'Attaching' } },
    ]);
  });

  it('keeps the reason of each slot that fails, however late', async () => {
    const { reasons } = await run(anObservation(TWO), {
      'create in subnet-a': 'Denied',
      'attach eni-new-1 at 3': 'Capacity',
    });

    expect(reasons).toEqual(['AccessDenied', 'CapacityExceeded']);
  });

  it('tries another index at once when the first one is taken', async () => {
    const { done, reasons } = await run(anObservation({ ours: [anAvailableEni()] }), {
      'attach eni-1 at 2': 'Conflict',
    });

    expect(done).toEqual([
      'attach eni-1 at 2',
      'attach eni-1 at 3',
      'flag eni-1 attachment-of-eni-1 true',
    ]);
    expect(reasons).toEqual(['Attaching']);
  });
});

describe('resumeLook', () => {
  it('repeats no call whose effect EC2 does not show yet, and looks again', async () => {
    const { look } = await run(anObservation({ ours: [anAvailableEni()] }));

    const { plan } = resumeLook(look, [anAvailableEni()]);

    expect(plan.slots).toMatchObject([{ report: { reason: 'Attaching' }, lookAgainSeconds: 15 }]);
    expect(plan.slots[0]).not.toHaveProperty('action');
  });

  it('remembers an attachment that EC2 accepted and does not show, and none that it refused', async () => {
    const unseen = anObservation({ ours: [anAvailableEni()] });
    const { look: accepted } = await run(unseen);
    const { look: refused } = await run(unseen, { 'attach eni-1 at 2': 'NotReady' });

    const records = [accepted, refused].map(
      (look) => resumeLook(look, [anAvailableEni()]).plan.slots[0]?.record,
    );

    expect(records.map((record) => record?.attachAcceptedAt)).toEqual([
      NOW.toISOString(),
      undefined,
    ]);
  });

  it('makes the next call, which is another one', async () => {
    const { look } = await run(anObservation({ ours: [anAvailableEni()] }));

    const { plan } = resumeLook(look, [anEni({ description: 'by hand' })]);

    expect(plan.slots).toMatchObject([{ action: { type: 'set-description' } }]);
  });

  it('shows a new ENI that EC2 does not show yet, and no other that is gone', async () => {
    const { look } = await run(anObservation({ ...TWO, ours: [anEni()] }));

    const unseen = resumeLook(look, []).observed.ours;
    const seen = resumeLook(look, [anEni({ eniId: 'eni-new-1' })]).observed.ours;

    expect(unseen).toMatchObject([{ eniId: 'eni-new-1', status: 'in-use' }]);
    expect(seen).toEqual([anEni({ eniId: 'eni-new-1' })]);
  });

  it('forgets no failure of the look', async () => {
    const { look } = await run(anObservation(), { 'create in subnet-a': 'Denied' });

    const { plan } = resumeLook(look, []);

    expect(plan.slots).toMatchObject([{ report: { reason: 'AccessDenied' } }]);
  });
});
