import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { BackOff, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Seat } from '#core/controllers/instance-interfaces/device-index.ts';
import type { Observed } from '#core/controllers/instance-interfaces/observed.ts';
import { planWanted } from '#core/controllers/instance-interfaces/plan-wanted.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  aSubnet,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const SEAT: Seat = { deviceIndex: 2 };
const FAULT: Seat = { fault: { reason: 'DeviceIndexInUse', message: 'Taken.' } };

interface Given {
  readonly eni?: NetworkInterface;
  readonly record?: SlotSpec;
  readonly seat?: Seat;
  readonly spec?: Partial<NodeEniSpec>;
  readonly observed?: Partial<Observed>;
}

const plan = ({ eni, record, seat = SEAT, spec = {}, observed = {} }: Given) =>
  planWanted({
    wish: {
      slot: SLOT,
      nodeEni: aNodeEni(spec),
      subnet: aSubnet(),
      groupIds: ['sg-1'],
      askedIndex: 2,
      isByCommand: false,
    },
    eni,
    record,
    seat,
    observed: anObservation(observed),
  });

const aBackOff = (secondsLeft: number, backOff: Partial<BackOff> = {}): BackOff => ({
  reason: 'AccessDenied',
  message: 'No.',
  isRefusal: true,
  until: new Date(NOW.getTime() + secondsLeft * 1000).toISOString(),
  failures: 1,
  nodeEniGeneration: 1,
  ...backOff,
});

const atIndex = (deviceIndex: number, status: 'attaching' | 'attached' = 'attached') => {
  const eni = anEni();
  return eni.attachment ? { ...eni, attachment: { ...eni.attachment, deviceIndex, status } } : eni;
};

describe('planWanted, for a refused call', () => {
  it.each([
    { name: 'a create', given: {}, phase: 'Failed' },
    { name: 'an attach', given: { eni: anAvailableEni() }, phase: 'Failed' },
    { name: 'a change', given: { eni: anEni(), spec: { description: 'd' } }, phase: 'Attached' },
    {
      name: 'a change while it is being attached',
      given: { eni: atIndex(2, 'attaching'), spec: { description: 'd' } },
      phase: 'Pending',
    },
  ] as const)('waits before $name, and tells why', ({ given, phase }) => {
    const record = aRecord({ createTriedAt: ago(300), backOff: aBackOff(40) });

    expect(plan({ ...given, record })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: { phase, reason: 'AccessDenied', message: 'No.' },
      lookAgainSeconds: 40,
    });
  });

  it('asks again when the time is up, and at once when the NodeENI was edited', () => {
    const eni = anAvailableEni();

    expect(plan({ eni, record: aRecord({ backOff: aBackOff(0) }) }).action?.type).toBe('attach');
    expect(
      plan({ eni, record: aRecord({ backOff: aBackOff(40, { nodeEniGeneration: 0 }) }) }).action
        ?.type,
    ).toBe('attach');
  });
});

describe('planWanted, for an ENI that is not attached', () => {
  it('attaches at its seat on the card of the spec', () => {
    expect(plan({ eni: anAvailableEni(), spec: { networkCardIndex: 1 } })).toMatchObject({
      action: { type: 'attach', eniId: 'eni-1', deviceIndex: 2, networkCardIndex: 1 },
      record: { eniId: 'eni-1', phase: 'Present' },
      report: { phase: 'Pending', reason: 'Attaching' },
    });
  });

  it('waits for an instance that is pending', () => {
    const observed = { instance: anInstance({ state: 'pending' }) };

    expect(plan({ eni: anAvailableEni(), observed })).toMatchObject({
      record: { eniId: 'eni-1' },
      report: { phase: 'Pending', reason: 'InstancePending' },
      lookAgainSeconds: 15,
    });
  });

  it.each([
    {
      name: 'its instance is stopping',
      reason: 'InstanceEnding',
      observed: { instance: anInstance({ state: 'stopping' }) },
    },
    {
      name: 'its instance is about to end',
      reason: 'InstanceEnding',
      observed: { isTerminating: true },
    },
    { name: 'it has no seat', reason: 'DeviceIndexInUse', seat: FAULT },
  ])(
    'keeps its record and attaches nothing when $name',
    ({ reason, observed = {}, seat = SEAT }) => {
      const held = plan({ eni: anAvailableEni(), observed, seat });

      expect(held).toMatchObject({ record: { eniId: 'eni-1' }, report: { reason } });
      expect(held).not.toHaveProperty('action');
    },
  );

  it('needs no free address for an ENI that has its own', () => {
    expect(plan({ eni: anAvailableEni() }).action?.type).toBe('attach');
  });

  it.each([
    { ...anEni(), status: 'detaching' } as const,
    {
      ...anEni(),
      attachment: { ...atIndex(2).attachment, status: 'detaching' },
    } as NetworkInterface,
  ])('waits for one that is being detached', (eni) => {
    expect(plan({ eni })).toMatchObject({ report: { reason: 'Detaching' }, lookAgainSeconds: 15 });
  });
});

describe('planWanted, for an attached ENI', () => {
  it('says where it is, and waits for one on its way', () => {
    expect(plan({ eni: atIndex(3) })).toMatchObject({
      report: { phase: 'Attached', message: 'eni-1 is attached at device index 3.' },
    });
    expect(plan({ eni: atIndex(3) })).not.toHaveProperty('lookAgainSeconds');
    expect(plan({ eni: atIndex(2, 'attaching') })).toMatchObject({
      report: { phase: 'Pending', reason: 'Attaching' },
      lookAgainSeconds: 15,
    });
  });

  it('keeps the old tags recorded until those taken out are off', () => {
    const record = aRecord({ userTags: { old: 'x' } });

    expect(plan({ eni: anEni(), record, spec: { tags: { team: 'core' } } })).toMatchObject({
      action: { type: 'set-tags' },
      record: { userTags: { old: 'x' } },
      report: { phase: 'Pending', reason: 'Updating' },
    });
    expect(plan({ eni: anEni(), spec: { tags: { team: 'core' } } }).record?.userTags).toEqual({
      team: 'core',
    });
  });

  const required = { deviceIndexPolicy: 'Require' } as const;

  it('moves one to its required index by way of a detach', () => {
    expect(plan({ eni: atIndex(3), spec: required })).toMatchObject({
      action: { type: 'detach', slot: SLOT, eniId: 'eni-1', attachmentId: 'eni-attach-1' },
      record: { phase: 'Releasing' },
      report: { phase: 'Pending', reason: 'Moving' },
    });
    expect(plan({ eni: atIndex(2), spec: required })).not.toHaveProperty('action');
    expect(plan({ eni: atIndex(3) })).not.toHaveProperty('action');
  });

  it('moves none of an instance that is about to end, and none to an index that is taken', () => {
    expect(
      plan({ eni: atIndex(3), spec: required, observed: { isTerminating: true } }),
    ).not.toHaveProperty('action');
    expect(plan({ eni: atIndex(3), spec: required, seat: FAULT })).toMatchObject({
      record: { phase: 'Present' },
      report: { phase: 'Failed', reason: 'DeviceIndexInUse' },
    });
  });

  it('lets the host let go first', () => {
    const moving = (released: boolean) => {
      const record = aRecord({ phase: 'Releasing', releasingSince: ago(10), generation: 2 });
      const host = { [SLOT]: { eniId: 'eni-1', generation: 2, released } };
      const observed = { state: aState({ [SLOT]: record }, { host }) };
      return plan({ eni: atIndex(3), spec: required, record, observed });
    };

    expect(moving(false)).toMatchObject({ report: { reason: 'Moving' }, lookAgainSeconds: 15 });
    expect(moving(false)).not.toHaveProperty('action');
    expect(moving(true).action?.type).toBe('detach');
    expect(moving(true)).not.toHaveProperty('lookAgainSeconds');
  });
});
