import { describe, expect, it } from 'vitest';
import { executePlan } from '#core/controllers/instance-interfaces/execute/execute.ts';
import { CallError, type FailureClass } from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import { anAvailableEni, anObservation, aRecord, INSTANCE_ID } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ENI = { slot: SLOT, eniId: 'eni-1' } as const;
const PARAMETERS = aRecord().create;

/** Every call of the provider, noted without its cause; with `failure` each is refused so. */
const aProvider = (failure?: FailureClass) => {
  const calls: unknown[] = [];
  const provider = new Proxy({} as NetworkInterfaceProvider, {
    get:
      (_target, name) =>
      async (...given: readonly unknown[]) => {
        calls.push([name, ...given.slice(0, -1)]);
        if (failure !== undefined) throw new CallError(failure, 'Code', 'refused');
        return { create: anAvailableEni(), attach: 'eni-attach-9' }[String(name)];
      },
  });
  return { calls, provider };
};

const slotsWith = (...actions: readonly InterfaceAction[]): SlotPlan[] =>
  actions.map((action) => ({ slot: SLOT, nodeEni: 'data', action }));

const ATTACH: InterfaceAction = { type: 'attach', ...ENI, deviceIndex: 2, networkCardIndex: 1 };
const DELETE: InterfaceAction = { type: 'delete', ...ENI };
const DETACH: InterfaceAction = { type: 'detach', ...ENI, attachmentId: 'eni-attach-1' };
const GIVE_UP: InterfaceAction = { type: 'give-up', ...ENI, tags: { a: 'b' } };

describe('executePlan', () => {
  it.each<[InterfaceAction, readonly unknown[]]>([
    [
      {
        type: 'set-delete-on-termination',
        ...ENI,
        attachmentId: 'eni-attach-1',
        value: true,
      },
      [
        'setDeleteOnTermination',
        expect.objectContaining({ eniId: 'eni-1', attachmentId: 'eni-attach-1', value: true }),
      ],
    ],
    [{ type: 'set-groups', ...ENI, groupIds: ['sg-2'] }, ['setGroups', 'eni-1', ['sg-2']]],
    [{ type: 'set-description', ...ENI, description: 'd' }, ['setDescription', 'eni-1', 'd']],
    [
      { type: 'set-source-dest-check', ...ENI, value: false },
      ['setSourceDestCheck', 'eni-1', false],
    ],
    [{ type: 'set-tags', ...ENI, tags: { a: 'b' } }, ['setTags', 'eni-1', { a: 'b' }]],
    [{ type: 'remove-tags', ...ENI, keys: ['a'] }, ['removeTags', 'eni-1', ['a']]],
    [GIVE_UP, ['giveUp', 'eni-1', { a: 'b' }]],
    [DETACH, ['detach', 'eni-attach-1']],
    [DELETE, ['delete', 'eni-1']],
  ])('makes one call for %o', async (action, call) => {
    const { calls, provider } = aProvider();

    expect(await executePlan(provider, slotsWith(action), anObservation())).toEqual([{ action }]);
    expect(calls).toEqual([call]);
  });

  it('tells the ENI of a create and the attachment of an attach', async () => {
    const { calls, provider } = aProvider();
    if (PARAMETERS === undefined) throw new Error('the record has no parameters');
    const create: InterfaceAction = { type: 'create', slot: SLOT, parameters: PARAMETERS };

    const results = await executePlan(provider, slotsWith(create, ATTACH), anObservation());

    expect(results).toEqual([
      { action: create, created: anAvailableEni() },
      { action: ATTACH, attachmentId: 'eni-attach-9' },
    ]);
    expect(calls).toEqual([
      ['create', PARAMETERS],
      [
        'attach',
        expect.objectContaining({
          eniId: 'eni-1',
          instanceId: INSTANCE_ID,
          deviceIndex: 2,
          networkCardIndex: 1,
        }),
      ],
    ]);
  });

  it('asks for the addresses that are missing', async () => {
    const { calls, provider } = aProvider();
    const action: InterfaceAction = { type: 'assign-addresses', ...ENI, ipv6AddressCount: 2 };

    await executePlan(provider, slotsWith(action), anObservation());

    expect(calls).toEqual([
      ['assignAddresses', 'eni-1', expect.objectContaining({ ipv6AddressCount: 2 })],
    ]);
  });

  it.each([DETACH, DELETE, GIVE_UP])('takes what is gone for done: %o', async (action) => {
    const { provider } = aProvider('NotFound');

    expect(await executePlan(provider, slotsWith(action), anObservation())).toEqual([{ action }]);
  });

  it('tells every failure beside its action, but for what is there already', async () => {
    const refused = await executePlan(
      aProvider('NotFound').provider,
      slotsWith(ATTACH, DELETE),
      anObservation(),
    );
    const done = await executePlan(
      aProvider('AlreadyDone').provider,
      slotsWith(ATTACH),
      anObservation(),
    );

    expect(refused).toEqual([
      { action: ATTACH, error: expect.objectContaining({ failure: 'NotFound' }) },
      { action: DELETE },
    ]);
    expect(done).toEqual([{ action: ATTACH }]);
  });
});
