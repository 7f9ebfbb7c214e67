import { beforeEach, describe, expect, it } from 'vitest';
import { clusterTagOf, TAGS } from '#core/apis/v1alpha1/names.ts';
import { NAMESPACES, NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;

beforeEach(async () => {
  scenario = createScenario();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
});

const launch = (tags: Readonly<Record<string, string>> = { [clusterTagOf('prod')]: 'owned' }) => {
  const { nodesA: subnetId } = scenario.subnets;
  return scenario.ec2.fleet.runInstance({ subnetId, instanceType: 'm5.4xlarge', tags });
};

const register = (name: string, instanceId: string, labels: Readonly<Record<string, string>>) =>
  scenario.kubernetes.registerNode({ name, providerID: `aws:///us-east-1a/${instanceId}`, labels });

const rowsOf = async (nodeEni = 'data') => (await scenario.status(nodeEni)).attachments ?? [];

describe('A Node whose name is not its instance’s', () => {
  it.each([['worker-7'], ['the id of its instance']])(
    'gets its interface without a sweep: %s',
    async (name) => {
      const { instanceId } = launch();
      await scenario.pass(60); // reconciled as it started, and there was no Node

      await register(name === 'worker-7' ? name : instanceId, instanceId, LABELS);
      await scenario.pass(10);

      expect(scenario.oursOn(instanceId)).toHaveLength(1);
    },
  );

  it('is found though others of its kind registered just before', async () => {
    const ids = [1, 2, 3, 4].map(() => launch().instanceId);
    await scenario.pass(60);

    for (const [index, id] of ids.entries()) {
      await register(`worker-${index}`, id, LABELS);
      await scenario.pass(1);
    }
    await scenario.pass(10);

    expect(ids.map((id) => scenario.oursOn(id).length)).toEqual([1, 1, 1, 1]);
  });
});

describe('A Node that is gone while its instance runs', () => {
  it('is reported, and nothing happens to its interface when it registers again within ten minutes', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);
    const [before] = scenario.oursOn(node.instanceId);
    scenario.ec2.wire.log.clear();

    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(30);
    const [told] = await rowsOf();
    await scenario.register(node.instanceId, LABELS);
    await scenario.pass(30);

    expect(told).toMatchObject({ status: 'attached', reason: 'NodeMissing' });
    expect(await rowsOf()).toMatchObject([{ eniID: before?.eniId, reason: 'Attached' }]);
    expect(scenario.mutating()).toEqual([]);
    expect((await scenario.states())[0]?.spec).not.toHaveProperty('nodeMissingSince');
  });

  it('loses its interface after ten minutes, and gets one when it registers after all', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);

    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(590);
    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
    await scenario.pass(60);
    expect(scenario.ours()).toEqual([]);
    expect(await rowsOf()).toEqual([]);

    await scenario.register(node.instanceId, LABELS);
    await scenario.pass(30);
    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
  });

  it('loses its interface after ten minutes also where its record and the tag that names it are lost', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);
    const eniId = scenario.ours()[0]?.eniId ?? '';

    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(60);
    await scenario.kubernetes.delete(NODE_ENI_STATES, node.instanceId);
    await scenario.pass(330);
    scenario.ec2.byHand.removeTags(eniId, [TAGS.instance]);
    await scenario.pass(1200);

    expect(scenario.ec2.interfaces().some((eni) => eni.eniId === eniId)).toBe(false);
  });

  it('is written of once, not each time it is reconciled', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);
    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(30);
    const [before] = await scenario.states();

    await scenario.pass(500);

    const [after] = await scenario.states();
    expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  });
});

describe('A Node that names an instance that is not its own', () => {
  it('does not take the interfaces of the Node that was known, whatever name it carries', async () => {
    const { instanceId, privateDnsName } = launch();
    await register('worker-7', instanceId, LABELS);
    await scenario.pass(60);
    scenario.ec2.wire.log.clear();

    await register(privateDnsName, instanceId, {});
    await register('another', instanceId, {});
    await scenario.pass(900);

    expect(scenario.mutating()).toEqual([]);
    expect(scenario.oursOn(instanceId)).toHaveLength(1);
    expect(await rowsOf()).toMatchObject([{ nodeID: 'worker-7', reason: 'Attached' }]);
  });

  it('does not take the place of one that is gone, before ten minutes have gone by', async () => {
    const { instanceId, privateDnsName } = launch();
    await register('false', instanceId, {});
    await register(privateDnsName, instanceId, LABELS);
    await scenario.pass(700); // by then nothing is expected of its labels any more
    const [before] = scenario.oursOn(instanceId);
    scenario.ec2.wire.log.clear();

    await scenario.kubernetes.deleteNode(privateDnsName);
    await scenario.pass(500);
    const during = await rowsOf();
    await register(privateDnsName, instanceId, LABELS);
    await scenario.pass(900);

    expect(during).toMatchObject([{ nodeID: privateDnsName, reason: 'NodeMissing' }]);
    expect(await rowsOf()).toMatchObject([{ nodeID: privateDnsName, reason: 'Attached' }]);
    expect(scenario.mutating()).toEqual([]);
    expect(before).toBeDefined();
  });

  it('is believed when no other has come back in ten minutes: a machine may have another name', async () => {
    const { instanceId, privateDnsName } = launch();
    await register(privateDnsName, instanceId, LABELS);
    await scenario.pass(60);

    await scenario.kubernetes.deleteNode(privateDnsName);
    await register('worker-7', instanceId, LABELS);
    await scenario.pass(660);

    expect(scenario.oursOn(instanceId)).toHaveLength(1);
    expect(await rowsOf()).toMatchObject([{ nodeID: 'worker-7', reason: 'Attached' }]);
  });

  it('does not win by the name that EC2 gives when the record of the other is lost', async () => {
    const { instanceId, privateDnsName } = launch();
    await register('worker-7', instanceId, LABELS);
    await scenario.pass(60);
    await register(privateDnsName, instanceId, {});
    await scenario.pass(700);
    scenario.ec2.wire.log.clear();

    await scenario.kubernetes.delete(NODE_ENI_STATES, instanceId);
    await scenario.pass(1000);
    const during = await rowsOf();
    await scenario.kubernetes.deleteNode(privateDnsName);
    await scenario.pass(60);

    expect(during).toMatchObject([{ reason: 'NodeAmbiguous' }]);
    expect(await rowsOf()).toMatchObject([{ nodeID: 'worker-7', reason: 'Attached' }]);
    expect(scenario.mutating()).toEqual([]);
  });

  it('does not win by that name either when the record was lost while the other was gone', async () => {
    const { instanceId, privateDnsName } = launch();
    await register('worker-7', instanceId, LABELS);
    await scenario.pass(700);
    scenario.ec2.wire.log.clear();

    await scenario.kubernetes.deleteNode('worker-7');
    await scenario.kubernetes.delete(NODE_ENI_STATES, instanceId);
    await scenario.pass(60);
    await register(privateDnsName, instanceId, { ng: 'plain' });
    await register('worker-7', instanceId, LABELS);
    await scenario.pass(1000);

    expect(await rowsOf()).toMatchObject([{ reason: 'NodeAmbiguous' }]);
    expect(scenario.mutating()).toEqual([]);
  });

  it('does not win by that name over one that comes back under another, after ten minutes', async () => {
    const { instanceId, privateDnsName } = launch();
    await register('worker-7', instanceId, LABELS);
    await scenario.pass(120);
    await register(privateDnsName, instanceId, { ng: 'plain' });
    await scenario.pass(700);
    scenario.ec2.wire.log.clear();

    await scenario.kubernetes.deleteNode('worker-7');
    await scenario.pass(300);
    await register('worker-8', instanceId, LABELS);
    await scenario.pass(1000);

    expect(await rowsOf()).toMatchObject([{ reason: 'NodeAmbiguous' }]);
    expect(scenario.mutating()).toEqual([]);
  });

  it('and another: nothing is built, both are reported, and the sweep has nothing more to ask', async () => {
    const { instanceId } = launch();
    await register('one', instanceId, LABELS);
    await register('two', instanceId, LABELS);
    await scenario.pass(600);

    expect(scenario.ours()).toEqual([]);
    expect(await rowsOf()).toMatchObject([
      {
        status: 'failed',
        reason: 'NodeAmbiguous',
        message: expect.stringContaining('one and two'),
      },
    ]);
    expect(await scenario.installation.operator().sweep.run({ isDryRun: true })).toMatchObject({
      hintedInstances: [],
      hintedNodeEnis: [],
    });

    await scenario.kubernetes.deleteNode('two');
    await scenario.pass(30);
    expect(scenario.oursOn(instanceId)).toHaveLength(1);
  });

  it('gets nothing on the instance of another cluster', async () => {
    const { instanceId } = launch({ [clusterTagOf('other')]: 'owned' });
    await register('false', instanceId, LABELS);
    await scenario.pass(900);

    expect(scenario.mutating()).toEqual([]);
    expect(await scenario.installation.operator().sweep.run({ isDryRun: true })).toMatchObject({
      hintedInstances: [],
    });
  });
});

describe('Instances of others', () => {
  it('cost no list of Nodes, however many start', async () => {
    const asked: string[] = [];
    scenario = createScenario({
      kubernetes: {
        onCall: (call) => {
          asked.push(JSON.stringify(call));
        },
      },
    });
    await scenario.pass(1);
    asked.length = 0;

    for (let count = 0; count < 5; count += 1) launch({});
    await scenario.pass(60);

    expect(asked.filter((call) => call.includes('list') && call.includes('"nodes"'))).toEqual([]);
    expect(asked).not.toEqual([]);
  });
});

describe('A cluster that is made anew under its name', () => {
  it('has its own uid on what warm functions make from then on', async () => {
    await scenario.addNode();
    await scenario.pass(60);
    const uidOf = () => scenario.ours().map(({ tags }) => tags.get(TAGS.clusterUid));
    const [first] = uidOf();

    await scenario.kubernetes.delete(NAMESPACES, 'kube-system');
    const { metadata } = await scenario.kubernetes.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system' },
    });
    await scenario.applyNodeEni('wan', { subnetID: scenario.subnets.a2, deviceIndex: 3 });
    await scenario.pass(60);

    expect(metadata.uid).not.toBe(first);
    // The slot of the cluster before gets an ENI of its own too: the first one is nobody's to touch.
    expect(uidOf()).toEqual([first, metadata.uid, metadata.uid]);
  });
});
