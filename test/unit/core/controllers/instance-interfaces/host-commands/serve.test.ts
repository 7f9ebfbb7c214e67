import { describe, expect, it } from 'vitest';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createHostCommands } from '#core/controllers/instance-interfaces/host-commands/controller.ts';
import { digestOf } from '#core/controllers/instance-interfaces/host-commands/desired.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import type { CommandRunner } from '#core/ports/commands.ts';
import {
  ago,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ROW = { eniId: 'eni-1', generation: 1, configured: false };
const FAILED = { reason: 'CommandFailed', message: 'No.' };

const UNTOUCHED = anObservation({ runCommand: { isUsual: true }, ours: [anEni()] });
const RECORD = planInstance(UNTOUCHED).slots.find(({ slot }) => slot === SLOT)?.record ?? undefined;
const RECORDS = RECORD === undefined ? {} : { [SLOT]: RECORD };

const aCommand = (command: Partial<HostCommand> = {}): HostCommand => ({
  digest: digestOf(RECORDS),
  bootedAt: anInstance().launchTime.toISOString(),
  sentAt: ago(10),
  commandId: 'command-1',
  failures: 0,
  ...command,
});

interface ReconcileInput {
  readonly command?: HostCommand;
  readonly host?: NonNullable<NodeEniState['status']>['host'];
  readonly observed?: Partial<Observed>;
}

/** A host with one attached interface that waits, and what is known of its last command. */
const aHost = ({ command, host = {}, observed = {} }: ReconcileInput = {}): Observed => {
  const state = aState(RECORDS, { host });
  return {
    ...UNTOUCHED,
    state: { ...state, spec: { ...state.spec, ...(command && { hostCommand: command }) } },
    ...observed,
  };
};

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

/** Serves the host; what is stored and sent is noted in its order. */
const serve = async (
  world: Observed,
  {
    send = async () => 'command-2',
    plan = planInstance(world),
  }: { readonly send?: CommandRunner['send']; readonly plan?: InstancePlan } = {},
) => {
  const done: unknown[] = [];
  const states: NodeEniStateStore = {
    get: nobodyAsks,
    list: nobodyAsks,
    delete: nobodyAsks,
    async patchSpec(instanceId, patch) {
      done.push({ instanceId, spec: patch });
      return aState();
    },
    async patchStatus(instanceId, patch) {
      done.push({ instanceId, status: patch });
    },
  };
  const commands: CommandRunner = {
    send(...given) {
      done.push('send');
      return send(...given);
    },
    get: nobodyAsks,
  };
  const served = await createHostCommands({ states, runCommand: { commands } }).serve(plan, world);
  return { done, ...served, reason: served.plan.slots[0]?.report?.reason };
};

describe('serve', () => {
  it('sends what is to be done, stores the command, and tells of it', async () => {
    const served = await serve(aHost());

    expect(served).toMatchObject({
      done: [
        'send',
        { instanceId: INSTANCE_ID, spec: { hostCommand: { commandId: 'command-2', failures: 0 } } },
      ],
      reason: 'WaitingForHost',
      requeueAfterSeconds: 60,
    });
  });

  it('stores and tells why a command could not be sent', async () => {
    const served = await serve(aHost(), { send: () => Promise.reject(new Error('boom')) });

    expect(served).toMatchObject({
      done: ['send', { spec: { hostCommand: { outcome: { reason: 'Error' }, failures: 1 } } }],
      reason: 'Error',
      requeueAfterSeconds: 30,
    });
  });

  it('stores what the host said before it stores that the command ended', async () => {
    const retryAt = new Date(NOW.getTime() + 30_000).toISOString();
    const command = aCommand({ outcome: FAILED, failures: 1, retryAt });
    const answer = { command, rows: { [SLOT]: ROW } };

    const served = await serve(aHost({ command, observed: { answer } }));

    expect(served).toMatchObject({ reason: 'CommandFailed', requeueAfterSeconds: 30 });
    expect(served.done).toEqual([
      { instanceId: INSTANCE_ID, status: { host: { [SLOT]: ROW }, dropHost: [] } },
      { instanceId: INSTANCE_ID, spec: { hostCommand: command } },
    ]);
  });

  it('stores the new command, and not the one before, when it sends at once', async () => {
    const command = aCommand({ digest: 'of an earlier state', outcome: FAILED });

    const { done } = await serve(aHost({ command, observed: { answer: { command, rows: {} } } }));

    expect(done).toMatchObject(['send', { spec: { hostCommand: { commandId: 'command-2' } } }]);
  });

  it('drops what the host said before it started again, and only then sends', async () => {
    const command = aCommand({ bootedAt: ago(9000), outcome: FAILED });

    const { done } = await serve(aHost({ command, observed: { forgotten: [SLOT] } }));

    expect(done).toMatchObject([
      { instanceId: INSTANCE_ID, status: { host: {}, dropHost: [SLOT] } },
      'send',
      { spec: { hostCommand: { commandId: 'command-2' } } },
    ]);
  });

  it('leaves a row alone that an agent writes by now', async () => {
    const command = aCommand({ bootedAt: ago(9000), outcome: FAILED });
    const { host: _, ...record } = RECORDS[SLOT] ?? aRecord();
    const state = { ...aState({ [SLOT]: record }) };
    const plan = planInstance(UNTOUCHED);
    const observed = { state: { ...state, spec: { ...state.spec, hostCommand: command } } };

    const { done } = await serve(aHost({ observed: { ...observed, forgotten: [SLOT] } }), {
      plan: { ...plan, slots: [] },
    });

    expect(done).toEqual([]);
  });

  it('stores no rows when the host said nothing', async () => {
    const command = aCommand({ outcome: FAILED });

    const { done } = await serve(
      aHost({ command, observed: { ours: [], answer: { command, rows: {} } } }),
    );

    expect(done).toEqual([{ instanceId: INSTANCE_ID, spec: { hostCommand: command } }]);
  });

  it('stores nothing while a command runs, and reconciles again in a minute', async () => {
    expect(await serve(aHost({ command: aCommand() }))).toMatchObject({
      done: [],
      reason: 'WaitingForHost',
      requeueAfterSeconds: 60,
    });
  });

  it('tells how the command before failed while it waits to send again', async () => {
    const command = aCommand({ outcome: FAILED, sentAt: ago(10) });

    const { done, reason } = await serve(aHost({ command }));

    expect({ done, reason }).toEqual({ done: [], reason: 'CommandFailed' });
  });

  it('leaves the word to a host that has said why not', async () => {
    const host = { [SLOT]: { ...ROW, reason: 'MtuTooLarge', message: 'No.' } };

    expect((await serve(aHost({ command: aCommand(), host }))).reason).toBe('Attached');
  });

  it('sends nothing where the installation sends no commands', async () => {
    const world = aHost();
    const states = {
      patchSpec: nobodyAsks,
      patchStatus: nobodyAsks,
    } as unknown as NodeEniStateStore;

    const { plan } = await createHostCommands({ states }).serve(planInstance(world), world);

    expect(plan.slots).toMatchObject([{ report: { reason: 'WaitingForHost' } }]);
  });

  it('asks nothing of the host of an instance that is gone', async () => {
    const world = aHost({ observed: { answer: { command: aCommand(), rows: { [SLOT]: ROW } } } });
    const plan = { ...planInstance(world), isFinished: true };

    const served = await serve(world, { plan });

    expect(served).toMatchObject({ plan, done: [] });
    expect(served.requeueAfterSeconds).toBeUndefined();
  });
});
