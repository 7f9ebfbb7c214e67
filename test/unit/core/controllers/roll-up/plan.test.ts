import { describe, expect, it } from 'vitest';
import { FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { RollUpAction } from '#core/controllers/roll-up/actions.ts';
import {
  type NodeEniObserved,
  needsRemaining,
  planRollUp,
} from '#core/controllers/roll-up/plan.ts';
import {
  ago,
  aNode,
  aNodeEni,
  anEni,
  aRecord,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const attached = { phase: 'Attached', reason: 'Attached', message: '', since: ago(60) } as const;

const aPicture = (observed: Partial<NodeEniObserved> = {}): NodeEniObserved => ({
  now: NOW,
  nodeEni: aNodeEni(),
  faults: [],
  isReadable: true,
  budgetShare: 0.5,
  matchingNodes: [aNode()],
  states: [
    aState(
      { [SLOT]: aRecord({ deviceIndex: 2, subnetCidr: '10.0.1.0/24' }) },
      { interfaces: { [SLOT]: attached } },
    ),
  ],
  unadopted: [],
  ...observed,
});

const find = <T extends RollUpAction['type']>(plan: readonly RollUpAction[], type: T) =>
  plan.find((action): action is Extract<RollUpAction, { type: T }> => action.type === type);

const statusIn = (observed: Partial<NodeEniObserved>) =>
  find(planRollUp(aPicture(observed)), 'patch-status')?.status;

const readyIn = (observed: Partial<NodeEniObserved>) =>
  statusIn(observed)?.conditions?.find(({ type }) => type === 'Ready');

/** The same NodeENI after its status was written. */
const written = (nodeEni: NodeEni, observed: Partial<NodeEniObserved> = {}): NodeEni => {
  const status = statusIn({ ...observed, nodeEni });
  return { ...nodeEni, ...(status && { status }) };
};

describe('planRollUp, while the budget is waited for', () => {
  const waiting = { ...attached, phase: 'Pending', reason: 'Throttled' } as const;
  const states = [aState({ [SLOT]: aRecord() }, { interfaces: { [SLOT]: waiting } })];
  const inSeconds = (seconds: number) => ({ states, now: new Date(ago(-seconds)) });

  it('writes the expected end, and not again before it has passed', () => {
    const nodeEni = written(aNodeEni(), inSeconds(0));

    expect(readyIn({ ...inSeconds(0) })?.message).toContain('until about 2026-11-21T12:01Z');
    expect(planRollUp(aPicture({ nodeEni, ...inSeconds(50) }))).toEqual([]);
    expect(readyIn({ nodeEni, ...inSeconds(61) })?.message).toContain(
      'until about 2026-11-21T12:02Z',
    );
  });

  it('takes the part of the refill that this installation may use', () => {
    const { message } = readyIn({ ...inSeconds(0), budgetShare: 0.001 }) ?? {};

    expect(message).toContain('until about 2026-11-21T12:04Z');
  });
});

describe('planRollUp', () => {
  it('writes rows by the names the Go controller gave them', () => {
    expect(statusIn({})).toMatchObject({
      matchedNodes: 1,
      summary: '1/1',
      attachments: [
        {
          nodeID: 'ip-10-0-0-5.ec2.internal',
          instanceID: INSTANCE_ID,
          eniID: 'eni-1',
          subnetID: 'subnet-a',
          subnetCIDR: '10.0.1.0/24',
          deviceIndex: 2,
          status: 'attached',
        },
      ],
    });
  });

  it('does nothing at all when the status already says everything', () => {
    const nodeEni = written(aNodeEni());

    expect(planRollUp(aPicture({ nodeEni, now: new Date(NOW.getTime() + 600_000) }))).toEqual([]);
  });

  it('adds the finalizer before it asks for any reconcile', () => {
    const plan = planRollUp(aPicture({ nodeEni: aNodeEni({}, { finalizers: [] }) }));

    expect(plan.map(({ type }) => type).slice(0, 2)).toEqual(['add-finalizer', 'hint-instances']);
  });

  it('asks for a reconcile at every instance of an edited spec, and at none of a seen one', () => {
    const seen = written(aNodeEni());
    const edited = { ...seen, metadata: { ...seen.metadata, generation: 2 } };

    expect(find(planRollUp(aPicture({ nodeEni: edited })), 'hint-instances')?.instanceIds).toEqual([
      INSTANCE_ID,
    ]);
    expect(find(planRollUp(aPicture({ nodeEni: seen })), 'hint-instances')).toBeUndefined();
  });

  it('asks for no reconcile when only nodes came and went: they are told of by themselves', () => {
    const seen = written(aNodeEni());
    const other = aNode({ name: 'other', instanceId: 'i-0other' });

    const plan = planRollUp(aPicture({ nodeEni: seen, matchingNodes: [other] }));

    expect(find(plan, 'hint-instances')).toBeUndefined();
  });

  it('names the reason that a person must act on', () => {
    const failed = {
      phase: 'Failed',
      reason: 'SubnetFull',
      message: 'subnet-a is full.',
      since: ago(5),
    } as const;
    const states = [aState({}, { interfaces: { [SLOT]: failed } })];

    expect(readyIn({ states })).toMatchObject({ status: 'False', reason: 'SubnetFull' });
    expect(
      statusIn({ states })?.conditions?.find(({ type }) => type === 'CapacityAvailable'),
    ).toMatchObject({ status: 'False' });
  });

  it('tells of a node whose zone no subnet serves', () => {
    const skipped = {
      phase: 'Skipped',
      reason: 'OtherZone',
      message: 'Elsewhere.',
      since: ago(5),
    } as const;

    expect(readyIn({ states: [aState({}, { interfaces: { [SLOT]: skipped } })] })).toMatchObject({
      reason: 'NoSubnetInZone',
    });
  });

  it('waits for the agent only where one reports, and believes only its word on the current ENI', () => {
    const record = aRecord({ generation: 4 });
    const host = (row: object) => [
      aState(
        { [SLOT]: record },
        { interfaces: { [SLOT]: attached }, host: { [SLOT]: row as never } },
      ),
    ];

    expect(
      readyIn({ states: host({ eniId: 'eni-1', generation: 3, configured: true }) })?.reason,
    ).toBe('WaitingForHost');
    expect(
      readyIn({ states: host({ eniId: 'eni-1', generation: 4, configured: true }) })?.reason,
    ).toBe('AllInterfacesReady');
  });

  it('is ready where no agent reports, and says that none does', () => {
    const record = aRecord({ linkMode: 'Unmanaged' });
    const unmanaged = [aState({ [SLOT]: record }, { interfaces: { [SLOT]: attached } })];

    expect(readyIn({})).toMatchObject({
      status: 'True',
      reason: 'AllInterfacesReady',
      message: expect.stringContaining('No agent has reported'),
    });
    expect(statusIn({})?.attachments).toMatchObject([
      { message: expect.stringContaining('No agent has reported') },
    ]);
    expect(readyIn({ states: unmanaged })?.message).toBe('Every interface is ready.');
  });

  it('records one Event when the reason changes and none while it stays', () => {
    const seen = written(aNodeEni());
    const failed = {
      phase: 'Failed',
      reason: 'SubnetFull',
      message: 'Full.',
      since: ago(5),
    } as const;
    const states = [aState({}, { interfaces: { [SLOT]: failed } })];
    const failing = written(seen, { states });

    expect(
      find(planRollUp(aPicture({ nodeEni: seen, states })), 'record-event')?.event,
    ).toMatchObject({ type: 'Warning', reason: 'SubnetFull' });
    expect(
      find(planRollUp(aPicture({ nodeEni: failing, states })), 'record-event'),
    ).toBeUndefined();
  });

  it('counts what waits for adoption among the rows it leaves out', () => {
    const states = Array.from({ length: 499 }, (_, index) => ({
      ...aState({ [SLOT]: aRecord() }, { interfaces: { [SLOT]: attached } }),
      metadata: { name: `i-${index}`, uid: `${index}` },
    }));
    const unadopted = ['eni-a', 'eni-b', 'eni-c'].map((eniID) => ({ eniID }));

    const status = statusIn({ states, unadopted });

    expect(status?.attachmentsOmitted).toBe(2);
    expect(status?.attachments).toHaveLength(500);
    expect(status?.attachments?.at(-1)?.eniID).toBe('eni-a');
  });

  it('keeps 500 rows and counts the rest', () => {
    const states = Array.from({ length: 600 }, (_, index) => ({
      ...aState({ [SLOT]: aRecord() }, { interfaces: { [SLOT]: attached } }),
      metadata: { name: `i-${index}`, uid: `${index}` },
    }));

    expect(statusIn({ states })).toMatchObject({ attachmentsOmitted: 100, summary: '600/600' });
    expect(statusIn({ states })?.attachments).toHaveLength(500);
  });
});

describe('planRollUp, for a NodeENI that is being deleted', () => {
  const nodeEni = aNodeEni({}, { deletionTimestamp: ago(10), finalizers: [FINALIZER] });

  it('lets go only when EC2 shows nothing and no record is left', () => {
    expect(planRollUp(aPicture({ nodeEni, states: [], remaining: [] }))).toEqual([
      { type: 'remove-finalizer' },
    ]);
  });

  it.each([
    { name: 'a record that may stand for an ENI', observed: { remaining: [] } },
    {
      name: 'an ENI in EC2',
      observed: { states: [], remaining: [anEni({ tags: { [TAGS.instance]: INSTANCE_ID } })] },
    },
    {
      name: 'an ENI that waits for adoption',
      observed: { states: [], remaining: [], unadopted: [{ eniID: 'eni-9' }] },
    },
    {
      name: 'an ENI in EC2 and others that wait for adoption',
      observed: {
        states: [],
        remaining: [anEni({ tags: { [TAGS.instance]: INSTANCE_ID } })],
        unadopted: [{ eniID: 'eni-8' }, { eniID: 'eni-9' }],
      },
    },
    { name: 'a world EC2 has not told of', observed: { states: [] } },
  ])('keeps the finalizer for $name', ({ observed }) => {
    expect(
      find(planRollUp(aPicture({ nodeEni, ...observed })), 'remove-finalizer'),
    ).toBeUndefined();
  });

  it('asks the instances that still hold something', () => {
    expect(find(planRollUp(aPicture({ nodeEni })), 'hint-instances')?.instanceIds).toEqual([
      INSTANCE_ID,
    ]);
  });

  it('asks an instance that EC2 names, and not one that only reports', () => {
    const reporting = [aState({}, { interfaces: { [SLOT]: attached } })];
    const eni = anEni({ tags: { [TAGS.instance]: 'i-0other' } });

    const plan = planRollUp(aPicture({ nodeEni, states: reporting, remaining: [eni] }));

    expect(find(plan, 'hint-instances')?.instanceIds).toEqual(['i-0other']);
  });

  it.each([
    { seconds: 899, requeues: 1 },
    { seconds: 900, requeues: 0 },
  ])('requeues $requeues times after $seconds seconds', ({ seconds, requeues }) => {
    const deleted = aNodeEni({}, { deletionTimestamp: ago(seconds), finalizers: [FINALIZER] });

    const plan = planRollUp(aPicture({ nodeEni: deleted }));

    expect(plan.filter(({ type }) => type === 'requeue')).toHaveLength(requeues);
  });

  it('asks for no reconcile while only a person can help', () => {
    const unadopted = [{ eniID: 'eni-9' }];

    const plan = planRollUp(aPicture({ nodeEni, states: [], remaining: [], unadopted }));

    expect(plan.map(({ type }) => type)).toEqual(['patch-status', 'record-event']);
  });

  it.each([{ finalizers: ['somebody/else'] }, {}])(
    'leaves to others what is not ours: %o',
    (kept) => {
      const { finalizers: _, ...metadata } = nodeEni.metadata;
      const released = { ...nodeEni, metadata: { ...metadata, ...kept } };

      expect(planRollUp(aPicture({ nodeEni: released }))).toEqual([]);
    },
  );
});

describe('needsRemaining', () => {
  const nodeEni = aNodeEni({}, { deletionTimestamp: ago(10) });
  const told = [aState({}, { interfaces: { [SLOT]: attached } })];

  it.each<[string, Partial<NodeEniObserved>, boolean]>([
    ['nothing is recorded', { nodeEni, states: [] }, true],
    ['a slot is told of and not recorded', { nodeEni, states: told }, true],
    ['a slot is recorded', { nodeEni }, false],
    ['an ENI waits for adoption', { nodeEni, states: [], unadopted: [{ eniID: 'eni-9' }] }, false],
    ['it is not being deleted', { states: [] }, false],
  ])('when %s: %o is %s', (_name, observed, isNeeded) => {
    expect(needsRemaining(aPicture(observed))).toBe(isNeeded);
  });
});
