import { describe, expect, it } from 'vitest';
import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { digestOf } from '#core/controllers/instance-interfaces/host-commands/desired.ts';
import { planHost } from '#core/controllers/instance-interfaces/host-commands/plan.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  ATTACHMENT,
  ago,
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const BOOTED_AT = anInstance().launchTime.toISOString();

/** The record of the slot as the first reconcile leaves it. */
const recordFor = (observed: Partial<Observed> = {}): SlotSpec => {
  const world = anObservation({ runCommand: { isUsual: true }, ours: [anEni()], ...observed });
  const record = planInstance(world).slots.find(({ slot }) => slot === SLOT)?.record;
  if (!record) throw new Error('the slot has no record');
  return record;
};

const RECORD = recordFor();
const DIGEST = digestOf({ [SLOT]: RECORD });
const DONE: HostStatus = { eniId: 'eni-1', generation: RECORD.generation, configured: true };

const aCommand = (command: Partial<HostCommand> = {}): HostCommand => ({
  digest: DIGEST,
  bootedAt: BOOTED_AT,
  sentAt: ago(10),
  commandId: 'command-1',
  failures: 0,
  ...command,
});

interface ReconcileInput {
  readonly record?: SlotSpec;
  readonly command?: HostCommand;
  readonly host?: Readonly<Record<string, HostStatus>>;
  readonly observed?: Partial<Observed>;
}

/** The plan for an attached interface of a host that is configured by commands. */
const planFor = ({ record = RECORD, command, host = {}, observed = {} }: ReconcileInput = {}) => {
  const state = aState({ [SLOT]: record }, { host });
  const world = anObservation({
    runCommand: { isUsual: true },
    ours: [anEni()],
    state: { ...state, spec: { ...state.spec, ...(command && { hostCommand: command }) } },
    ...observed,
  });
  return planHost(planInstance(world), world);
};

describe('planHost, when the host has something to do', () => {
  it('sends the desired state, and what is to be written down of it', () => {
    const plan = planFor();

    expect(plan).toMatchObject({
      waiting: [SLOT],
      action: {
        type: 'send-command',
        instanceId: INSTANCE_ID,
        command: {
          digest: DIGEST,
          bootedAt: BOOTED_AT,
          sentAt: NOW.toISOString(),
          failures: 0,
        },
      },
    });
  });

  it('tells the host what an agent would read, and nothing of tags and tokens', () => {
    const { action } = planFor({ record: { ...RECORD, userTags: { team: 'core' } } });

    const { spec } = JSON.parse(action?.desired ?? '') as {
      spec: { interfaces: Record<string, SlotSpec> };
    };
    expect(spec.interfaces[SLOT]).toMatchObject({ eniId: 'eni-1', phase: 'Present' });
    expect(Object.keys(spec.interfaces[SLOT] ?? {})).not.toEqual(
      expect.arrayContaining(['create']),
    );
    expect(action?.desired).not.toContain('team');
  });

  it('tells the host where it saw the device last', () => {
    const host = { [SLOT]: { ...DONE, generation: 0, pciAddress: '0000:00:06.0' } };

    const { action } = planFor({ host });

    expect(JSON.parse(action?.desired ?? '')).toMatchObject({
      status: { host: { [SLOT]: { pciAddress: '0000:00:06.0' } } },
    });
  });

  it('does not tell the host where it saw the device of an earlier ENI', () => {
    const host = { [SLOT]: { ...DONE, eniId: 'eni-0', pciAddress: '0000:00:06.0' } };

    expect(planFor({ host }).action?.desired).not.toContain('0000:00:06.0');
  });

  it.each([
    { name: 'it speaks of another ENI', row: { ...DONE, eniId: 'eni-0' } },
    { name: 'it speaks of an earlier generation', row: { ...DONE, generation: 0 } },
    { name: 'it is not configured', row: { ...DONE, configured: false } },
    { name: 'it says that it let go', row: { ...DONE, configured: false, released: true } },
  ])('takes no row for an acknowledgement when $name', ({ row }) => {
    expect(planFor({ host: { [SLOT]: row } }).action).toBeDefined();
  });

  it('sends the release of a link, until the host has let go', () => {
    const record: SlotSpec = {
      ...RECORD,
      phase: 'Releasing',
      generation: 2,
      releasingSince: ago(5),
    };
    const gone = { nodeEnis: [aNodeEni({}, { deletionTimestamp: ago(5) })] };

    const held = planFor({ record, host: { [SLOT]: DONE }, observed: gone });
    const released = planFor({
      record,
      host: { [SLOT]: { eniId: 'eni-1', generation: 2, released: true } },
      observed: gone,
    });

    expect(held.action).toBeDefined();
    expect(released.action).toBeUndefined();
  });

  it.each([
    { name: 'was stopped and started', command: aCommand({ bootedAt: ago(90_000) }) },
    {
      name: 'was rebooted',
      command: aCommand({ bootIds: ['boot-1'], outcome: { reason: 'Applied', message: '' } }),
    },
  ])('sends it at once to a host that $name, and counts anew', ({ command }) => {
    const node = aNode({ bootId: 'boot-2' });

    const { action } = planFor({ command: { ...command, failures: 3 }, observed: { node } });

    expect(action?.command).toMatchObject({
      bootedAt: BOOTED_AT,
      bootIds: ['boot-2'],
      failures: 0,
    });
  });

  it('writes down no boot while no Node has told it', () => {
    const { node: _, ...unregistered } = anObservation({
      runCommand: { isUsual: true },
      predictedLabels: { ng: 'multi-eni' },
      ours: [anEni()],
      state: aState({ [SLOT]: RECORD }),
    });

    const { action } = planHost(planInstance(unregistered), unregistered);

    expect(planFor().action?.command).not.toHaveProperty('bootIds');
    expect(action?.command).toMatchObject({ bootedAt: BOOTED_AT });
    expect(action?.command).not.toHaveProperty('bootIds');
  });
});

describe('planHost, when the host has nothing to do', () => {
  it.each([
    { name: 'all is acknowledged', given: { host: { [SLOT]: DONE } } },
    { name: 'no interface is attached', given: { observed: { ours: [anAvailableEni()] } } },
    {
      name: 'the interface is still on its way',
      given: {
        observed: { ours: [anEni({ attachment: { ...ATTACHMENT, status: 'attaching' } })] },
      },
    },
    {
      name: 'the interface is attached to another instance',
      given: {
        observed: { ours: [anEni({ attachment: { ...ATTACHMENT, instanceId: 'i-0' } })] },
      },
    },
    { name: 'the instance is about to end', given: { observed: { isTerminating: true } } },
    {
      name: 'the instance is stopped',
      given: { observed: { instance: anInstance({ state: 'stopped' }) } },
    },
    {
      name: 'an agent configures it',
      given: {
        record: { ...RECORD, host: undefined },
        observed: { runCommand: { isUsual: false } },
      },
    },
  ])('sends nothing when $name', ({ given }) => {
    expect(planFor(given as ReconcileInput)).toEqual({ waiting: [] });
  });
});

describe('planHost, by the plan of the interfaces', () => {
  const world = anObservation({
    runCommand: { isUsual: true },
    ours: [anEni(), anEni({ eniId: 'eni-2' })],
    state: aState({ [SLOT]: RECORD }),
  });
  const PLAN = {
    slots: [],
    areLabelsKnown: true,
    unaccepted: [],
    postponed: [],
    isUndecided: false,
    isFinished: false,
  };

  it('serves what is recorded and not spoken of', () => {
    expect(planHost(PLAN, world).waiting).toEqual([SLOT]);
  });

  it.each(['isUndecided', 'isFinished'] as const)('sends nothing for a plan that %s', (field) => {
    expect(planHost({ ...PLAN, [field]: true }, world)).toEqual({ waiting: [] });
  });

  it('does not serve a slot that is to be forgotten', () => {
    const slots = [{ slot: SLOT, nodeEni: 'data', record: null }];

    expect(planHost({ ...PLAN, slots }, world)).toEqual({ waiting: [] });
  });

  it('serves a slot as it is about to be recorded', () => {
    const slots = [
      { slot: 'data/subnet-b', nodeEni: 'data', record: { ...RECORD, eniId: 'eni-2' } },
    ];
    const { state: _, ...fresh } = world;

    expect(planHost({ ...PLAN, slots }, fresh).waiting).toEqual(['data/subnet-b']);
  });

  it('waits for an instance that EC2 does not show', () => {
    const { instance: _, ...unseen } = world;

    expect(planHost(PLAN, unseen)).toEqual({ waiting: [] });
  });
});

describe('planHost, after a command', () => {
  it('waits for the end of one that runs, whatever was asked for since', () => {
    const plan = planFor({ command: aCommand({ digest: 'of an earlier state' }) });

    expect(plan).toEqual({ waiting: [SLOT], requeueAfterSeconds: 60 });
  });

  it('takes one for lost that has not ended after ten minutes', () => {
    expect(planFor({ command: aCommand({ sentAt: ago(599) }) }).action).toBeUndefined();
    expect(planFor({ command: aCommand({ sentAt: ago(600) }) }).action).toBeDefined();
  });

  it('does not send the same state again before its time, and tells why it waits', () => {
    const outcome = { reason: 'CommandFailed', message: 'No Node.' };
    const retryAt = new Date(NOW.getTime() + 20_000).toISOString();

    const plan = planFor({ command: aCommand({ outcome, failures: 1, retryAt }) });

    expect(plan).toEqual({ waiting: [SLOT], finding: outcome, requeueAfterSeconds: 20 });
  });

  it('sends the same state again when its time has come, and remembers the failures', () => {
    const outcome = { reason: 'CommandFailed', message: 'No Node.' };

    const plan = planFor({ command: aCommand({ outcome, failures: 3, retryAt: ago(1) }) });

    expect(plan.action?.command.failures).toBe(3);
  });

  it('sends another state at once, and counts anew', () => {
    const outcome = { reason: 'CommandFailed', message: 'No Node.' };
    const retryAt = new Date(NOW.getTime() + 2_000_000).toISOString();

    const plan = planFor({
      command: aCommand({ digest: 'of an earlier state', outcome, failures: 9, retryAt }),
    });

    expect(plan.action?.command.failures).toBe(0);
  });

  it('waits before it asks a host again that says all is done and not what', () => {
    const applied = { outcome: { reason: 'Applied', message: '' } };

    const soon = planFor({ command: aCommand({ ...applied, sentAt: ago(10) }) });
    const later = planFor({ command: aCommand({ ...applied, sentAt: ago(31) }) });

    expect(soon).toMatchObject({ requeueAfterSeconds: 20 });
    expect(soon.action).toBeUndefined();
    expect(later.action?.command.failures).toBe(1);
  });
});

describe('planHost, when no command may be sent', () => {
  it('says so when the installation sends none', () => {
    const nodeEnis = [aNodeEni({ host: 'SSM' })];
    const world = anObservation({
      nodeEnis,
      ours: [anEni()],
      state: aState({ [SLOT]: RECORD }),
    });

    expect(planHost(planInstance(world), world)).toMatchObject({
      finding: { reason: 'RunCommandOff' },
    });
  });

  it('says so when the instance does not carry the tag of the cluster', () => {
    const plan = planFor({ observed: { instance: anInstance({ tags: {} }) } });

    expect(plan).toMatchObject({ waiting: [SLOT], finding: { reason: 'InstanceNotTagged' } });
    expect(plan.action).toBeUndefined();
  });
});
