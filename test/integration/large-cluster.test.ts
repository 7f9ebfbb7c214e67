import { beforeEach, describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

/** Three runs of a sweep that looks at one page at a time, and the work that comes of them. */
const ROUND_SECONDS = 4 * 60;

/** So little room that any cluster is too large for one run; nobody but the sweep tells of anything. */
const smallRoom = (sweepIntervalSeconds = 60): Scenario => {
  const scenario = createScenario({
    eventBridge: { disturbance: () => [] },
    installation: {
      sweepIntervalSeconds,
      sweepRoom: { things: 1, nodes: 1, seconds: 60 },
    },
  });
  scenario.kubernetes.setWebhooksReachable(false);
  return scenario;
};

const shardsIn = ({ lines }: Scenario): readonly unknown[] =>
  lines.filter(({ message }) => message === 'swept').map(({ fields }) => fields?.shard);

let scenario: Scenario;

beforeEach(() => {
  scenario = smallRoom();
});

describe('A cluster that one run of the sweep cannot look at', () => {
  it('is gone through a part at a time, again and again', async () => {
    await scenario.addNode();
    await scenario.addNode();
    await scenario.pass(6 * 60 + 10);

    expect(shardsIn(scenario)).toEqual([
      ...['nodes', 'instances', 'interfaces'],
      ...['nodes', 'instances', 'interfaces'],
    ]);
  });

  it('has its nodes found, and its NodeENIs', async () => {
    const nodes = await Promise.all([scenario.addNode(), scenario.addNode(), scenario.addNode()]);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);

    expect(nodes.map(({ instanceId }) => scenario.oursOn(instanceId).length)).toEqual([1, 1, 1]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
  });

  it.each([
    ['a moment after another', 60],
    ['when the API server has forgotten the list that they are parts of', 400],
  ])('has 300 nodes found in parts of 250, read %s', async (_, sweepIntervalSeconds) => {
    scenario = smallRoom(sweepIntervalSeconds);
    const { nodesA, nodesB, b } = scenario.subnets;
    for (let count = 0; count < 300; count += 1)
      await scenario.addNode(count < 240 ? { subnetId: nodesA, labels: {} } : { subnetId: nodesB });
    await scenario.applyNodeEni('data', { subnetID: b });
    await scenario.pass(12 * sweepIntervalSeconds);

    expect(shardsIn(scenario).slice(0, 4)).toEqual(['nodes', 'nodes', 'instances', 'interfaces']);
    expect(await scenario.status('data')).toMatchObject({ summary: '60/60' });
  });

  it('loses what is left of an instance that ended', async () => {
    const { instanceId, name } = await scenario.addNode();
    await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      deleteOnTermination: true,
    });
    await scenario.pass(3 * ROUND_SECONDS);
    expect(await scenario.states()).toHaveLength(2);

    scenario.ec2.fleet.terminateInstance(instanceId);
    await scenario.kubernetes.deleteNode(name);
    await scenario.pass(3 * ROUND_SECONDS);

    expect(scenario.ours()).toHaveLength(1);
    expect(await scenario.states()).toHaveLength(1);
  });

  it('has the end of a Node noticed whose instance runs on', async () => {
    const { name } = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);

    await scenario.kubernetes.deleteNode(name);
    await scenario.pass(2 * ROUND_SECONDS);

    expect((await scenario.status('data')).attachments).toMatchObject([{ reason: 'NodeMissing' }]);
  });

  it('has an orphan marked in one round and deleted in the next', async () => {
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);
    const [{ tags } = { tags: new Map<string, string>() }] = scenario.ours();
    const of = (key: string) => tags.get(key) ?? '';
    const orphan = scenario.ec2.byHand.create({
      subnetId: scenario.subnets.a,
      tags: {
        [TAGS.cluster]: of(TAGS.cluster),
        [TAGS.clusterUid]: of(TAGS.clusterUid),
        [TAGS.uid]: '11111111-0000-4000-8000-000000000000',
        [TAGS.instance]: of(TAGS.instance),
        [TAGS.createdAt]: of(TAGS.createdAt),
      },
    });
    const stays = () => scenario.ours().find(({ eniId }) => eniId === orphan);

    // Three runs, one of which looks at the interfaces.
    await scenario.pass(3 * 60);
    expect(stays()?.tags.has(TAGS.orphanSince)).toBe(true);
    await scenario.pass(ROUND_SECONDS);

    expect(stays()).toBeUndefined();
    expect(scenario.ours()).toHaveLength(1);
  });

  it('loses what was made for an instance of which nothing else is left', async () => {
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);
    const tags = Object.fromEntries(scenario.ours()[0]?.tags ?? []);
    scenario.ec2.byHand.create({
      subnetId: scenario.subnets.a,
      tags: { ...tags, [TAGS.instance]: 'i-0dead0dead0dead0d' },
    });
    expect(scenario.ours()).toHaveLength(2);

    await scenario.pass(2 * ROUND_SECONDS);

    expect(scenario.ours()).toHaveLength(1);
  });

  it('has a NodeENI rolled up in its turn that says that it is right, and is not', async () => {
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);
    await scenario.kubernetes.patch(
      NODE_ENIS,
      'data',
      { type: 'merge', body: { status: { summary: '7/7' } } },
      { subresource: 'status' },
    );

    await scenario.pass(ROUND_SECONDS);

    expect(await scenario.status('data')).toMatchObject({ summary: '1/1' });
  });

  it('has its waiting launches kept alive when the nodes of their group are looked at, before they have one', async () => {
    await scenario.applyNodeEni('data', { subnetID: 'subnet-of-nobody' });
    const hooks = [launchHook({})];
    scenario.autoScaling.createGroup(workersGroup(scenario, { hooks, desiredCapacity: 2 }));
    const [first = ''] = scenario.autoScaling.states('workers').keys();
    await scenario.register(first);
    await scenario.pass(2 * ROUND_SECONDS);

    const heartbeats = scenario.lines
      .filter(({ message, fields }) => message === 'swept' && fields?.shard === 'nodes')
      .map(({ fields }) => fields?.heartbeats);

    expect(new Set(heartbeats)).toEqual(new Set([2]));
  });

  it('is begun anew where its progress is lost, and nothing is lost with it', async () => {
    const { instanceId } = await scenario.addNode();
    await scenario.pass(70);
    scenario.installation.kill();
    scenario.installation.restart();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);

    expect(shardsIn(scenario).slice(0, 3)).toEqual(['nodes', 'nodes', 'instances']);
    expect(scenario.oursOn(instanceId)).toHaveLength(1);
  });

  it('is left in peace when nothing is to be done', async () => {
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(3 * ROUND_SECONDS);
    scenario.ec2.wire.log.clear();
    scenario.lines.splice(0);

    await scenario.pass(3 * ROUND_SECONDS);

    const hints = scenario.lines
      .filter(({ message }) => message === 'swept')
      .reduce((sum, { fields }) => sum + Number(fields?.hints), 0);
    expect(scenario.mutating()).toEqual([]);
    // One NodeENI at the end of each round.
    expect(hints).toBeLessThanOrEqual(4);
  });
});
