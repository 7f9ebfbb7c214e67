import { describe, expect, it } from 'vitest';
import { createObserver, type Given } from '#core/controllers/instance-interfaces/observe.ts';
import {
  aNode,
  aNodeEni,
  anEni,
  anInstance,
  aRecord,
  aState,
  INSTANCE_ID,
} from '#test/support/builders.ts';
import { aSmallWorld, OTHER_INSTANCE, OTHER_NODE, type World } from './small-world.ts';

const observed = async (world: World, more: Partial<Given> = {}) => {
  const { dependencies, given, asked } = aSmallWorld(world);
  const readings = await createObserver(dependencies)({ ...given, ...more });
  return { readings, asked };
};

const BATCH = { instances: [anInstance(), OTHER_INSTANCE], nodes: [aNode(), OTHER_NODE] };

describe('what is read for some instances', () => {
  it('is asked for in as few questions as there can be', async () => {
    const { asked, readings } = await observed({
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
      `node of ${INSTANCE_ID} ip-10-0-0-5.ec2.internal`,
      'node of i-other node-other',
      'peers',
      `state of ${INSTANCE_ID}`,
      'state of i-other',
      'subnets subnet-a,subnet-b lan',
      'types m5.4xlarge',
    ]);
    expect(readings).toMatchObject({
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
      { nodeEnis: { items: [], invalid: [] }, ours: [], states: new Map(), nodes: new Map() },
    );

    expect(asked).toEqual(['peers', 'types m5.4xlarge', 'subnets  ', 'groups  ']);
  });

  it('leaves out what is unknown', async () => {
    const { readings, asked } = await observed(
      { states: [aState()] },
      { instanceIds: [INSTANCE_ID, 'i-gone'] },
    );

    expect([...readings.states.keys()]).toEqual([INSTANCE_ID]);
    expect([...readings.nodes.keys()]).toEqual([INSTANCE_ID]);
    expect(asked).toContain('types m5.4xlarge');
  });

  it.each<[string, World, boolean]>([
    ['is not seen', { shown: [[]] }, true],
    ['is seen', { shown: [[anEni()]] }, false],
  ])(
    'is looked up by the id in a record when its ENI %s, case %#',
    async (_name, world, isAsked) => {
      const states = [aState({ 'data/subnet-a': aRecord() })];

      const { asked, readings } = await observed({ byId: [anEni()], ...world, states });

      expect(asked.includes('ENIs eni-1')).toBe(isAsked);
      expect(readings.named).toEqual(isAsked ? [anEni()] : []);
    },
  );

  it.each<[World['commands'], object | undefined]>([
    [{}, { isUsual: true }],
    [undefined, undefined],
  ])('tells whether commands are sent: %o', async (commands, runCommand) => {
    const { readings } = await observed({ ...(commands && { commands }) });

    expect(readings.runCommand).toEqual(runCommand);
  });
});

describe('the node of an instance', () => {
  const named = aNode({ name: 'by-hand' });
  const recorded = { ...aState(), spec: { nodeName: 'by-hand' } };

  it.each<[string, World, string]>([
    ['by the DNS name of the instance', {}, 'ip-10-0-0-5.ec2.internal'],
    [
      'by the name that is recorded',
      { nodes: [named], states: [recorded] },
      'ip-10-0-0-5.ec2.internal,by-hand',
    ],
    [
      'by the name that is recorded alone',
      { nodes: [named], states: [recorded], instances: [anInstance({ privateDnsName: '' })] },
      'by-hand',
    ],
    ['by one name once', { states: [aState()] }, 'ip-10-0-0-5.ec2.internal'],
  ])('is found %s', async (_name, world, names) => {
    const { asked, readings } = await observed(world);

    expect(asked).toContain(`node of ${INSTANCE_ID} ${names}`);
    expect(asked).not.toContain('nodes');
    expect(readings.nodes.get(INSTANCE_ID)?.instanceId).toBe(INSTANCE_ID);
  });

  it('is sought among all nodes when it bears another name', async () => {
    const { readings } = await observed({ nodes: [OTHER_NODE, named] });

    expect([...readings.nodes]).toEqual([[INSTANCE_ID, named]]);
  });

  it('is none when no node names the instance', async () => {
    const { asked, readings } = await observed({ nodes: [OTHER_NODE] });

    expect(asked).toContain('nodes');
    expect([...readings.nodes]).toEqual([]);
  });

  it('is sought in a list that is read once in five seconds', async () => {
    const { dependencies, given, asked, wait } = aSmallWorld({ ...BATCH, nodes: [] });
    const observe = createObserver(dependencies);
    const lists = () => asked.filter((text) => text === 'nodes').length;

    await observe(given);
    wait(4999);
    await observe(given);
    const before = lists();
    wait(1);
    await observe(given);

    expect([before, lists()]).toEqual([1, 2]);
  });
});
