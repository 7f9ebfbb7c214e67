import { describe, expect, it } from 'vitest';
import {
  createObserver,
  type ReconcileInput,
} from '#core/controllers/instance-interfaces/observe/observer.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import {
  aNode,
  aNodeEni,
  anEni,
  anInstance,
  aRecord,
  aState,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { aSmallWorld, OTHER_INSTANCE, OTHER_NODE, type World } from '../small-world.ts';

const observed = async (world: World, more: Partial<ReconcileInput> = {}) => {
  const { dependencies, given, asked } = aSmallWorld(world);
  const snapshot = await createObserver(dependencies)({ ...given, ...more });
  return { snapshot, asked };
};

const BATCH = { instances: [anInstance(), OTHER_INSTANCE], nodes: [aNode(), OTHER_NODE] };

describe('what is read for some instances', () => {
  it('is asked for in as few questions as there can be', async () => {
    const { asked, snapshot } = await observed({
      ...BATCH,
      nodeEnis: [
        aNodeEni({ subnetNames: ['lan'], securityGroupNames: ['multus'] }),
        aNodeEni({
          subnetID: 'subnet-b',
          subnetNames: ['lan'],
          securityGroupIDs: ['sg-2', 'sg-1'],
        }),
      ],
    });

    expect(asked.toSorted()).toEqual([
      `ENIs of ${INSTANCE_ID},i-other`,
      'NodeENIs',
      'groups sg-1,sg-2 multus',
      `node of ${INSTANCE_ID} ip-10-0-0-5.ec2.internal,${INSTANCE_ID}`,
      'node of i-other node-other,i-other',
      'peers',
      `state of ${INSTANCE_ID}`,
      'state of i-other',
      'subnets subnet-a,subnet-b lan',
      'types m5.4xlarge',
    ]);
    expect(snapshot).toMatchObject({
      cluster: { name: 'prod', uid: 'cluster-uid' },
      nodes: new Map([
        [INSTANCE_ID, aNode()],
        ['i-other', OTHER_NODE],
      ]),
      states: new Map(),
      predictions: new Map(),
      named: [],
    });
  });

  it('is not asked for where the caller has it', async () => {
    const { asked } = await observed(
      {},
      { nodeEnis: { items: [], invalid: [] }, ours: [], states: new Map(), claims: new Map() },
    );

    expect(asked).toEqual(['peers', 'types m5.4xlarge', 'subnets  ', 'groups  ']);
  });

  it('leaves out what is unknown', async () => {
    const { snapshot, asked } = await observed(
      { states: [aState()] },
      { instanceIds: [INSTANCE_ID, 'i-gone'] },
    );

    expect([...snapshot.states.keys()]).toEqual([INSTANCE_ID]);
    expect([...snapshot.nodes.keys()]).toEqual([INSTANCE_ID]);
    expect(asked).toContain('types m5.4xlarge');
  });

  it.each<[string, World, boolean]>([
    ['is not seen', { shown: [[]] }, true],
    ['is seen', { shown: [[anEni()]] }, false],
  ])(
    'is looked up by the id in a record when its ENI %s, case %#',
    async (_name, world, isAsked) => {
      const states = [aState({ 'data/subnet-a': aRecord() })];

      const { asked, snapshot } = await observed({ byId: [anEni()], ...world, states });

      expect(asked.includes('ENIs eni-1')).toBe(isAsked);
      expect(snapshot.named).toEqual(isAsked ? [anEni()] : []);
    },
  );

  it.each<[World['commands'], object | undefined]>([
    [{}, { isUsual: true }],
    [undefined, undefined],
  ])('tells whether commands are sent: %o', async (commands, runCommand) => {
    const { snapshot } = await observed({ ...(commands && { commands }) });

    expect(snapshot.runCommand).toEqual(runCommand);
  });
});

describe('the node of an instance', () => {
  const named = aNode({ name: 'by-hand' });
  const recorded = { ...aState(), spec: { nodeName: 'by-hand' } };

  it.each<[string, World, string]>([
    ['by the DNS name of the instance', {}, `ip-10-0-0-5.ec2.internal,${INSTANCE_ID}`],
    [
      'by the name that is recorded, and by no likelier one',
      { nodes: [named], states: [recorded] },
      'by-hand',
    ],
    [
      'by the id of the instance',
      { nodes: [aNode({ name: INSTANCE_ID })] },
      `ip-10-0-0-5.ec2.internal,${INSTANCE_ID}`,
    ],
    [
      'by one name once',
      {
        instances: [anInstance({ privateDnsName: INSTANCE_ID })],
        nodes: [aNode({ name: INSTANCE_ID })],
      },
      INSTANCE_ID,
    ],
  ])('is found %s', async (_name, world, names) => {
    const { asked, snapshot } = await observed(world);

    expect(asked).toContain(`node of ${INSTANCE_ID} ${names}`);
    expect(asked).not.toContain('nodes');
    expect(snapshot.nodes.get(INSTANCE_ID)?.instanceId).toBe(INSTANCE_ID);
  });

  it('is sought among all nodes when it carries another name', async () => {
    const { snapshot } = await observed({ nodes: [OTHER_NODE, named] });

    expect([...snapshot.nodes]).toEqual([[INSTANCE_ID, named]]);
  });

  it('is none when no node names the instance', async () => {
    const { asked, snapshot } = await observed({ nodes: [OTHER_NODE] });

    expect(asked).toContain('nodes');
    expect([...snapshot.nodes]).toEqual([]);
    expect(snapshot.unsure).toEqual(new Set());
  });

  it('is not sought among all nodes for an instance that nothing calls ours', async () => {
    const instances = [anInstance({ tags: { 'kubernetes.io/cluster/other': 'owned' } })];

    const { asked, snapshot } = await observed({ nodes: [named], instances });

    expect(asked).not.toContain('nodes');
    expect([...snapshot.nodes]).toEqual([]);
  });

  it.each([
    ['a record of ours', { states: [aState()] }],
    ['an ENI of ours', { shown: [[anEni()]] }],
    ['a tag of EKS', { instances: [anInstance({ tags: { 'eks:cluster-name': 'prod' } })] }],
  ])('is sought among all nodes for an instance that %s calls ours', async (_what, world) => {
    const instances = [anInstance({ tags: {} })];

    const { snapshot } = await observed({ nodes: [named], instances, ...world });

    expect([...snapshot.nodes]).toEqual([[INSTANCE_ID, named]]);
  });

  it('is sought in one list for the whole batch, and in a new one at the next reconcile', async () => {
    const { dependencies, given, asked } = aSmallWorld({ ...BATCH, nodes: [] });
    const observe = createObserver(dependencies);
    const lists = () => asked.filter((text) => text === 'nodes').length;

    await observe(given);
    const before = lists();
    await observe(given);

    expect([before, lists()]).toEqual([1, 2]);
  });

  it('is none of several that claim the instance under names of their own', async () => {
    const other = aNode({ name: 'by-night', uid: 'other-uid' });

    const { snapshot } = await observed({ nodes: [named, other] });

    expect([...snapshot.nodes]).toEqual([]);
    expect(snapshot.rivals).toEqual(new Map([[INSTANCE_ID, [named, other]]]));
  });

  it('is the same in the lists of a sweep', async () => {
    const other = aNode({ name: 'by-night', uid: 'other-uid' });
    const claims = new Map([[INSTANCE_ID, [other, named]]]);

    const { snapshot } = await observed({ states: [recorded] }, { claims });

    expect([...snapshot.nodes]).toEqual([[INSTANCE_ID, named]]);
    expect(snapshot.rivals).toEqual(new Map());
  });
});

describe('a list of nodes that takes long', () => {
  /** Lists of two seconds each, of what is there when they begin. */
  const slow = (nodes: ClusterNode[]) => {
    const world = aSmallWorld({ nodes: [] });
    let lists = 0;
    const observe = createObserver({
      ...world.dependencies,
      nodes: {
        ...world.dependencies.nodes,
        findByInstance: async (id, names) =>
          nodes.find(({ name, instanceId }) => instanceId === id && names.includes(name)),
        list: async () => {
          lists += 1;
          const items = [...nodes];
          world.wait(2000);
          return items;
        },
      },
    });
    return { ...world, look: () => observe(world.given), lists: () => lists };
  };

  it('is kept for five times as long, and who is not in it may be there', async () => {
    const nodes: ClusterNode[] = [];
    const { look, wait, lists } = slow(nodes);

    const first = await look();
    nodes.push(aNode({ name: 'by-hand' }));
    wait(9999);
    const second = await look();
    wait(1);
    const third = await look();

    expect([first, second, third].map(({ unsure }) => unsure)).toEqual([
      new Set(),
      new Set([INSTANCE_ID]),
      new Set(),
    ]);
    expect(third.nodes.get(INSTANCE_ID)?.name).toBe('by-hand');
    expect(lists()).toBe(2);
  });

  it('tells only the names of its nodes: how they are is read', async () => {
    const nodes = [aNode({ name: 'by-hand' })];
    const { look, lists } = slow(nodes);
    await look();
    nodes[0] = aNode({ name: 'by-hand', labels: { changed: 'since' } });

    const { nodes: seen } = await look();

    expect(seen.get(INSTANCE_ID)?.labels).toEqual({ changed: 'since' });
    expect(lists()).toBe(1);
  });
});

it('reads nothing of two clusters: one that is made anew meanwhile is read again as a whole', async () => {
  const { dependencies, given } = aSmallWorld();
  const uids = ['one', 'two'];
  const identity = { uid: async () => uids.shift() ?? 'two' };

  const reading = createObserver({ ...dependencies, identity })(given);

  await expect(reading).rejects.toMatchObject({ failure: 'Conflict' });
});
