import { describe, expect, it } from 'vitest';
import { createScenario } from '#test/support/scenario.ts';

describe('Slots and device indexes', () => {
  it('puts one ENI in each of several subnets of a zone, the index counting up', async () => {
    const scenario = createScenario();
    const { subnets } = scenario;
    const node = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetIDs: [subnets.a, subnets.a2] });
    await scenario.pass(60);

    const places = scenario
      .oursOn(node.instanceId)
      .map(({ subnetId, attachment }) => [subnetId, attachment?.deviceIndex]);
    expect(Object.fromEntries(places)).toEqual({ [subnets.a]: 2, [subnets.a2]: 3 });
  });

  it('serves several NodeENIs that come at one moment without a clash of indexes', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    await Promise.all(
      ['one', 'two', 'three'].map((name) =>
        scenario.applyNodeEni(name, { subnetID: scenario.subnets.a }),
      ),
    );
    await scenario.pass(90);

    const indexes = scenario
      .oursOn(node.instanceId)
      .map(({ attachment }) => attachment?.deviceIndex);
    expect(indexes.toSorted()).toEqual([2, 3, 4]);
    expect(scenario.ec2.wire.log.calls.filter(({ errorCode }) => errorCode)).toEqual([]);
  });

  it('gives each node the subnet of its zone at the same index, and never tries another zone', async () => {
    const scenario = createScenario();
    const { subnets } = scenario;
    const nodes = [await scenario.addNode(), await scenario.addNode({ subnetId: subnets.nodesB })];
    await scenario.applyNodeEni('data', { subnetIDs: [subnets.b, subnets.a] });
    await scenario.pass(60);

    expect(nodes.map(({ instanceId }) => scenario.oursOn(instanceId))).toMatchObject([
      [{ subnetId: subnets.a, attachment: { deviceIndex: 2 } }],
      [{ subnetId: subnets.b, attachment: { deviceIndex: 2 } }],
    ]);
    expect(scenario.mutating().filter((action) => action.startsWith('Create'))).toHaveLength(2);
  });

  it('makes no call for a node whose zone no subnet serves, and says why', async () => {
    const scenario = createScenario();
    await scenario.addNode({ subnetId: scenario.subnets.nodesB });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    expect(scenario.mutating()).toEqual([]);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'NoSubnetInZone',
    });
  });

  it('takes the next index where the VPC CNI sits on the asked one', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    const foreign = scenario.ec2.byHand.create({ subnetId: scenario.subnets.nodesA });
    scenario.ec2.byHand.attach(foreign, node.instanceId, 2);
    scenario.ec2.byHand.setAttachmentStatus(foreign, 'attaching');
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    expect(scenario.oursOn(node.instanceId)).toMatchObject([{ attachment: { deviceIndex: 3 } }]);
  });
});
