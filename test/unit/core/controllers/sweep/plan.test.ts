import { describe, expect, it } from 'vitest';
import { NO_INSTANCE, NOT_READY_TAINT, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import {
  knownInstanceIds,
  planOrphans,
  type Snapshot,
  taintedIn,
  waitingIn,
} from '#core/controllers/sweep/plan.ts';
import {
  ago,
  aNode,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  aRecord,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

const aSnapshot = (snapshot: Partial<Snapshot> = {}): Snapshot => ({
  now: NOW,
  instances: new Map([[INSTANCE_ID, anInstance()]]),
  enis: [anAvailableEni()],
  members: [],
  scalingErrors: [],
  nodeEnis: { items: [], invalid: [] },
  states: [],
  nodes: [],
  ...snapshot,
});

/** The ENI ids that a sweep would mark and collect. */
const orphansIn = (snapshot: Partial<Snapshot>) => {
  const { mark, collect } = planOrphans(aSnapshot(snapshot));
  return {
    mark: mark.map(({ eniId }) => eniId),
    collect: collect.map(({ eniId }) => eniId),
  };
};

const NONE = { mark: [], collect: [] };

describe('planOrphans', () => {
  it('marks an ENI of a NodeENI that no longer exists at first sight', () => {
    expect(orphansIn({})).toEqual({ mark: ['eni-1'], collect: [] });
  });

  it('collects it at second sight', () => {
    const eni = anAvailableEni({ tags: { [TAGS.orphanSince]: ago(600) } });

    expect(orphansIn({ enis: [eni] })).toEqual({ mark: [], collect: ['eni-1'] });
  });

  const broken = {
    name: 'data',
    metadata: { name: 'data', uid: 'uid-of-data' },
    faults: ['no subnet'],
  };
  it.each([
    { name: 'its NodeENI exists', snapshot: { nodeEnis: { items: [aNodeEni()], invalid: [] } } },
    {
      name: 'its NodeENI exists and breaks the schema',
      snapshot: { nodeEnis: { items: [], invalid: [broken] } },
    },
    { name: 'a state records it', snapshot: { states: [aState({ [SLOT]: aRecord() })] } },
    { name: 'it is in use', snapshot: { enis: [anEni()] } },
    {
      name: 'it is available and still shows an attachment',
      snapshot: { enis: [anEni({ status: 'available' })] },
    },
    {
      name: 'its status is not available',
      snapshot: { enis: [{ ...anAvailableEni(), status: 'attaching' }] },
    },
  ] satisfies { name: string; snapshot: Partial<Snapshot> }[])(
    'leaves an ENI alone when $name',
    ({ snapshot }) => {
      expect(orphansIn(snapshot)).toEqual(NONE);
    },
  );

  const retaining = (metadata: Partial<NodeEni['metadata']> = {}) => ({
    items: [aNodeEni({ deleteOnTermination: false }, metadata)],
    invalid: [],
  });
  const lost = anAvailableEni({ tags: { [TAGS.instance]: NO_INSTANCE } });

  it.each([
    { name: 'is kept while its NodeENI retains', nodeEnis: retaining(), mark: [] },
    {
      name: 'is collected once that is being deleted, which would wait for it for ever (seed 910)',
      nodeEnis: retaining({ deletionTimestamp: NOW.toISOString() }),
      mark: ['eni-1'],
    },
  ])('an ENI that no slot can find $name', ({ nodeEnis, mark }) => {
    expect(orphansIn({ enis: [lost], nodeEnis })).toEqual({ mark, collect: [] });
  });

  it('does not take the records of other ENIs for its own', () => {
    const states = [aState({ [SLOT]: aRecord({ eniId: 'eni-2' }) })];

    expect(orphansIn({ states }).mark).toEqual(['eni-1']);
  });

  it.each([
    { age: 'in its first 299 seconds', createdAt: ago(299), mark: [] },
    { age: 'at 300 seconds', createdAt: ago(300), mark: ['eni-1'] },
    { age: 'of unknown age', createdAt: 'yesterday', mark: [] },
  ])('decides by age about an ENI $age', ({ createdAt, mark }) => {
    const eni = anAvailableEni({ tags: { [TAGS.createdAt]: createdAt } });

    expect(orphansIn({ enis: [eni] })).toEqual({ mark, collect: [] });
  });

  it('handles twenty orphans at most in one run', () => {
    const enis = Array.from({ length: 21 }, (_, index) =>
      anAvailableEni({ eniId: `eni-${index}` }),
    );

    expect(orphansIn({ enis }).mark).toHaveLength(20);
  });

  it('comes to the last one though twenty can never be marked', () => {
    const enis = Array.from({ length: 21 }, (_, index) =>
      anAvailableEni({ eniId: `eni-${index}` }),
    );
    const runs = Array.from({ length: 12 }, (_, run) => new Date(NOW.getTime() + run * 300_000));

    const marked = runs.flatMap((now) => orphansIn({ enis, now }).mark);

    expect(marked).toContain('eni-20');
  });
});

describe('waitingIn', () => {
  it('names the instances that wait for a hook, at launch and at the end', () => {
    const member = (instanceId: string, lifecycleState: string) => ({
      instanceId,
      groupName: 'workers',
      lifecycleState,
    });
    const members = [
      member('i-launching', 'Pending:Wait'),
      member('i-serving', 'InService'),
      member('i-proceeding', 'Pending:Proceed'),
      member('i-ending', 'Terminating:Wait'),
    ];

    const waiting = waitingIn(aSnapshot({ members }));

    expect(waiting.map(({ instanceId }) => instanceId)).toEqual(['i-launching', 'i-ending']);
  });
});

describe('taintedIn', () => {
  it('names the instances whose node carries our taint', () => {
    const ours = { key: NOT_READY_TAINT, effect: 'NoSchedule' };
    const other = { key: 'dedicated', effect: 'NoSchedule' };
    const { instanceId: _, ...unknown } = aNode({ taints: [ours] });
    const nodes = [
      aNode({ instanceId: 'i-tainted', taints: [other, ours] }),
      aNode({ instanceId: 'i-dedicated', taints: [other] }),
      aNode({ instanceId: 'i-clean' }),
      unknown,
    ];

    expect(taintedIn(aSnapshot({ nodes }))).toEqual(['i-tainted']);
  });
});

describe('knownInstanceIds', () => {
  it('gathers what EC2, the states, the ENIs and the nodes tell, each once', () => {
    const { instanceId: _, ...unknown } = aNode();
    const snapshot = aSnapshot({
      enis: [
        { ...anEni(), tags: {} },
        anEni({ tags: { [TAGS.instance]: 'i-by-eni' } }),
        anEni({ tags: { [TAGS.instance]: INSTANCE_ID } }),
      ],
      states: [{ ...aState(), metadata: { name: 'i-by-state', uid: 'state-uid' } }],
      nodes: [aNode({ instanceId: 'i-by-node' }), unknown],
    });

    expect(knownInstanceIds(snapshot)).toEqual([
      INSTANCE_ID,
      'i-by-state',
      'i-by-eni',
      'i-by-node',
    ]);
  });
});
