import { describe, expect, it } from 'vitest';
import { project } from '#core/controllers/instance-interfaces/execute/project.ts';
import { CallError } from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import {
  anAvailableEni,
  anEni,
  anObservation,
  INSTANCE_ID,
  without,
} from '#test/support/builders.ts';

const ENI = { slot: 'data/subnet-a', eniId: 'eni-1' } as const;
const ATTACH: InterfaceAction = { type: 'attach', ...ENI, deviceIndex: 2, networkCardIndex: 1 };
const OTHER = anEni({ eniId: 'eni-2' });

const shown = (action: InterfaceAction, eni = anEni()) =>
  project(anObservation({ ours: [eni, OTHER] }), [{ action }]);

describe('project, for one ENI among others', () => {
  it.each<[InterfaceAction, object]>([
    [
      { type: 'set-delete-on-termination', ...ENI, attachmentId: 'a', value: false },
      { attachment: { deleteOnTermination: false, status: 'attached' } },
    ],
    [{ type: 'set-groups', ...ENI, groupIds: ['sg-9'] }, { groupIds: ['sg-9'] }],
    [{ type: 'set-description', ...ENI, description: 'd' }, { description: 'd' }],
    [{ type: 'set-source-dest-check', ...ENI, value: false }, { sourceDestCheck: false }],
    [
      { type: 'set-tags', ...ENI, tags: { team: 'core' } },
      { tags: { ...anEni().tags, team: 'core' } },
    ],
    [
      { type: 'detach', ...ENI, attachmentId: 'a' },
      { status: 'detaching', attachment: { status: 'detaching', deviceIndex: 2 } },
    ],
    [{ type: 'assign-addresses', ...ENI, ipv6AddressCount: 1 }, { ipv6Addresses: [] }],
  ])('shows what %o did, and no change of the other', (action, change) => {
    expect(shown(action).ours).toMatchObject([change, OTHER]);
    expect(shown(action).ours[1]).toBe(OTHER);
  });

  it('shows the tags without those removed', () => {
    const eni = anEni({ tags: { team: 'core', owner: 'me' } });

    const { ours } = shown({ type: 'remove-tags', ...ENI, keys: ['team'] }, eni);

    expect(ours[0]?.tags).toEqual(anEni({ tags: { owner: 'me' } }).tags);
  });

  it.each(['give-up', 'delete'] as const)('no longer shows an ENI after %s', (type) => {
    const { ours, deletedSlots } = shown({ type, ...ENI, tags: {} });

    expect(ours).toEqual([OTHER]);
    expect(deletedSlots).toEqual([ENI.slot]);
  });

  it('gives nothing attached to an ENI that hangs loose', () => {
    const loose = anAvailableEni();

    expect(shown({ type: 'detach', ...ENI, attachmentId: 'a' }, loose).ours[0]).not.toHaveProperty(
      'attachment',
    );
    expect(
      shown({ type: 'set-delete-on-termination', ...ENI, attachmentId: 'a', value: true }, loose)
        .ours[0],
    ).toEqual(loose);
  });
});

describe('project, for new things', () => {
  it('shows a new ENI after those known', () => {
    const parameters = {
      incarnation: '',
      clientToken: '',
      subnetId: '',
      groupIds: [],
      description: '',
      tags: {},
    };
    const action: InterfaceAction = { type: 'create', slot: ENI.slot, parameters };
    const world = anObservation({ ours: [OTHER] });

    expect(project(world, [{ action, created: anEni() }]).ours).toEqual([
      OTHER,
      { ...anEni(), isUnseen: true },
    ]);
    expect(project(world, [{ action }])).toEqual(world);
  });

  it('shows an attachment on its way, on both sides, with its flag off', () => {
    const world = anObservation({ ours: [anAvailableEni(), OTHER] });

    const { ours, instance } = project(world, [{ action: ATTACH, attachmentId: 'eni-attach-9' }]);

    const attachment = {
      attachmentId: 'eni-attach-9',
      deviceIndex: 2,
      networkCardIndex: 1,
      status: 'attaching',
      deleteOnTermination: false,
    };
    expect(ours).toEqual([
      expect.objectContaining({
        status: 'in-use',
        attachment: { ...attachment, instanceId: INSTANCE_ID },
      }),
      OTHER,
    ]);
    expect(instance?.interfaces.slice(1)).toEqual([{ eniId: 'eni-1', ...attachment }]);
  });

  it('copes with an instance that EC2 does not show', () => {
    const world = without(anObservation({ ours: [anAvailableEni()] }), 'instance');

    expect(project(world, [{ action: ATTACH }]).instance).toBeUndefined();
  });
});

describe('project, for what failed', () => {
  const failing = (failure: 'Conflict' | 'Capacity', action: InterfaceAction) =>
    project(anObservation({ ours: [anAvailableEni()] }), [
      { action, error: new CallError(failure, 'Code', 'refused') },
    ]);

  it('takes an index that EC2 calls taken for taken', () => {
    const { ours, instance } = failing('Conflict', ATTACH);

    expect(ours).toEqual([anAvailableEni()]);
    expect(instance?.interfaces.slice(1)).toMatchObject([
      { deviceIndex: 2, networkCardIndex: 1, status: 'attached' },
    ]);
  });

  it('shows no change of anything else', () => {
    const world = anObservation({ ours: [anAvailableEni()] });

    expect(failing('Capacity', ATTACH)).toEqual(world);
    expect(failing('Conflict', { type: 'delete', ...ENI })).toEqual(world);
  });
});
