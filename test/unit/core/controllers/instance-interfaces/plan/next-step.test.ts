import { describe, expect, it } from 'vitest';
import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { BackOff, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { DeviceIndexAllocation } from '#core/controllers/instance-interfaces/plan/device-index.ts';
import { planNextStep } from '#core/controllers/instance-interfaces/plan/plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ATTACHMENT,
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aSubnet,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ALLOCATION: DeviceIndexAllocation = { deviceIndex: 2 };

interface ReconcileInput {
  readonly eni?: NetworkInterface;
  readonly record?: SlotSpec;
  readonly allocation?: DeviceIndexAllocation;
  readonly spec?: Partial<NodeEniSpec>;
  readonly observed?: Partial<Observed>;
}

const plan = ({ eni, record, allocation = ALLOCATION, spec = {}, observed = {} }: ReconcileInput) =>
  planNextStep({
    desired: {
      slot: SLOT,
      nodeEni: aNodeEni(spec),
      subnet: aSubnet(),
      groupIds: ['sg-1'],
      askedIndex: 2,
      isByCommand: false,
    },
    eni,
    record,
    allocation,
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

describe('planNextStep, for a refused call', () => {
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
    const { backOff, ...record } = aRecord({ createTriedAt: ago(300), backOff: aBackOff(40) });
    const backOffs = backOff && {
      create: backOff,
      attach: backOff,
      'set-description': backOff,
    };

    for (const refused of [{ backOffs }, { backOff }]) {
      const planned = plan({ ...given, record: { ...record, ...refused } as SlotSpec });

      expect(planned).toMatchObject({
        slot: SLOT,
        nodeEni: 'data',
        report: { phase, reason: 'AccessDenied', message: 'No.' },
        requeueAfterSeconds: 40,
      });
      expect(planned).not.toHaveProperty('action');
    }
  });

  it.each([
    { name: 'attached', eni: anEni() },
    { name: 'not attached, and may not be', eni: anAvailableEni() },
  ])('makes every other change of an ENI that is $name', ({ eni }) => {
    const backOffs = { attach: aBackOff(40), 'set-description': aBackOff(50) };
    const spec = { description: 'd', tags: { team: 'core' } };

    const planned = plan({ eni, spec, record: aRecord({ backOffs }) });

    expect(planned).toMatchObject({
      action: { type: 'set-tags', tags: { team: 'core' } },
      needs: expect.arrayContaining(['set-description', 'set-tags']),
    });
  });

  it("records a user's tag that is put on while it waits for something else", () => {
    const record = aRecord({ userTags: { old: 'x' }, backOffs: { attach: aBackOff(40) } });

    expect(plan({ eni: anAvailableEni(), spec: { tags: { team: 'core' } }, record })).toMatchObject(
      {
        action: { type: 'set-tags' },
        record: { userTags: { team: 'core' } },
      },
    );
    const misplaced = anEni({ attachment: { ...ATTACHMENT, deviceIndex: 5 } });
    const spec = { tags: { team: 'core' }, deviceIndexPolicy: 'Require' } as const;
    expect(plan({ eni: misplaced, spec, record })).toMatchObject({
      action: { type: 'set-tags' },
      record: { userTags: { old: 'x', team: 'core' } },
    });
  });

  it("records no tag of the Go controller's names for one of the user's", () => {
    const record = aRecord({ backOffs: { attach: aBackOff(40) } });
    const observed = { settings: { hasLegacyTags: true } };
    const spec = { tags: { team: 'core' } };

    const planned = plan({ eni: anAvailableEni(), spec, record, observed });

    expect(planned.action).toMatchObject({ tags: { [PEER_TAGS.nodeEni]: 'data', team: 'core' } });
    expect(planned.record?.userTags).toEqual({ team: 'core' });
  });

  it('tells the host what changed although a change of the ENI is refused', () => {
    const backOffs = { 'set-description': aBackOff(40) };

    const planned = plan({
      eni: anEni(),
      spec: { description: 'd', mtu: 9001 },
      record: aRecord({ backOffs, mtu: 1500 }),
    });

    expect(planned.record).toMatchObject({ mtu: 9001 });
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

describe('planNextStep, for an ENI that is not attached', () => {
  it('attaches at its allocated index on the card of the spec', () => {
    expect(plan({ eni: anAvailableEni(), spec: { networkCardIndex: 1 } })).toMatchObject({
      action: { type: 'attach', eniId: 'eni-1', deviceIndex: 2, networkCardIndex: 1 },
      record: { eniId: 'eni-1', phase: 'Present' },
      report: { phase: 'Pending', reason: 'Attaching', message: 'eni-1 is being attached.' },
    });
    expect(plan({ eni: anAvailableEni() }).action).toEqual({
      type: 'attach',
      slot: SLOT,
      eniId: 'eni-1',
      deviceIndex: 2,
      networkCardIndex: 0,
    });
  });

  it('waits for an instance that is pending', () => {
    const observed = { instance: anInstance({ state: 'pending' }) };

    expect(plan({ eni: anAvailableEni(), observed })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      record: expect.objectContaining({ eniId: 'eni-1' }),
      report: {
        phase: 'Pending',
        reason: 'InstancePending',
        message: 'EC2 attaches nothing to an instance that is still pending.',
      },
      requeueAfterSeconds: 15,
    });
  });

  it.each([
    { ...anEni(), status: 'detaching' } as const,
    {
      ...anEni(),
      attachment: { ...atIndex(2).attachment, status: 'detaching' },
    } as NetworkInterface,
  ])('waits for one that is being detached, and remembers since when', (eni) => {
    expect(plan({ eni })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      record: expect.objectContaining({ eniId: 'eni-1', detachingSince: NOW.toISOString() }),
      report: {
        phase: 'Pending',
        reason: 'Detaching',
        message: 'eni-1 is being detached; it is attached again after that.',
      },
      requeueAfterSeconds: 15,
    });
  });
});

describe('planNextStep, for an attached ENI', () => {
  it('says where it is, and waits for one on its way', () => {
    expect(plan({ eni: atIndex(2) })).toMatchObject({
      record: { eniId: 'eni-1', deviceIndex: 2 },
      report: {
        phase: 'Attached',
        reason: 'Attached',
        message: 'eni-1 is attached at device index 2.',
      },
    });
    expect(plan({ eni: atIndex(2) }).report).not.toHaveProperty('askedDeviceIndex');
    expect(plan({ eni: atIndex(3) })).not.toHaveProperty('requeueAfterSeconds');
    expect(plan({ eni: atIndex(2, 'attaching') })).toMatchObject({
      record: { eniId: 'eni-1', deviceIndex: 2 },
      report: { phase: 'Pending', reason: 'Attaching', message: 'eni-1 is being attached.' },
      requeueAfterSeconds: 15,
    });
  });

  it('says which index is asked for where it has another', () => {
    expect(plan({ eni: atIndex(3) })).toMatchObject({
      record: { eniId: 'eni-1', deviceIndex: 3 },
      report: {
        phase: 'Attached',
        reason: 'Attached',
        message: 'eni-1 is attached at device index 3. 2 is asked for, and preferred only.',
        askedDeviceIndex: 2,
      },
    });
  });

  it('waits for one of which EC2 does not tell yet where it is', () => {
    const { attachment: _, ...eni } = anEni();

    expect(plan({ eni })).toMatchObject({
      record: { eniId: 'eni-1' },
      report: { phase: 'Pending', reason: 'Attaching' },
      requeueAfterSeconds: 15,
    });
  });

  it('keeps the old tags recorded until those taken out are off', () => {
    const record = aRecord({ userTags: { old: 'x' } });

    const eni = anEni({ tags: { ...anEni().tags, old: 'x' } });

    expect(plan({ eni, record, spec: { tags: { team: 'core' } } })).toMatchObject({
      action: { type: 'set-tags' },
      record: { userTags: { old: 'x', team: 'core' } },
      report: {
        phase: 'Pending',
        reason: 'Updating',
        message: 'eni-1 is being brought in line with the spec.',
      },
    });
    expect(plan({ eni: anEni(), spec: { tags: { team: 'core' } } }).record?.userTags).toEqual({
      team: 'core',
    });
  });
});

describe('planNextStep, for an attachment that EC2 has accepted and does not show', () => {
  const attachAcceptedAt = ago(599);

  it('waits ten minutes before it asks for it again, and remembers since when', () => {
    const record = aRecord({ attachAcceptedAt });

    expect(plan({ eni: anAvailableEni(), record })).toMatchObject({
      record: { attachAcceptedAt },
      report: { phase: 'Pending', reason: 'NotVisibleYet' },
    });
    expect(plan({ eni: anAvailableEni(), record }).action).toBeUndefined();
  });

  it('asks again after that, and forgets it when the attachment shows', () => {
    const record = aRecord({ attachAcceptedAt: ago(600) });

    const again = plan({ eni: anAvailableEni(), record });
    const shown = plan({ eni: anEni(), record: aRecord({ attachAcceptedAt }) });

    expect(again).toMatchObject({ action: { type: 'attach' } });
    expect([again, shown].map((each) => each.record?.attachAcceptedAt)).toEqual([
      undefined,
      undefined,
    ]);
  });
});
