import { beforeEach, describe, expect, it } from 'vitest';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;

beforeEach(async () => {
  scenario = createScenario();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
});

const eniIdsOn = (instanceId: string) => scenario.oursOn(instanceId).map(({ eniId }) => eniId);

describe('Labels decide, and nothing else', () => {
  it('gives a node its ENI when the label comes later', async () => {
    const node = await scenario.addNode({ labels: {} });
    await scenario.pass(60);
    expect(scenario.ours()).toEqual([]);

    await scenario.kubernetes.labelNode(node.name, LABELS);
    await scenario.pass(30);

    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
  });

  it('takes the ENI away when the label goes', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);

    await scenario.kubernetes.labelNode(node.name, { ng: null });
    await scenario.pass(60);

    expect(scenario.ours()).toEqual([]);
    expect(await scenario.status('data')).toMatchObject({ matchedNodes: 0, attachments: [] });
  });

  it('keeps the ENI, its incarnation and its acknowledgements while a Node is deleted and registered again', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);
    const before = await scenario.states();

    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(540);
    await scenario.register(node.instanceId, LABELS);
    await scenario.pass(60);

    const after = await scenario.states();
    expect(after[0]?.metadata.uid).toBe(before[0]?.metadata.uid);
    expect(after[0]?.spec).toEqual(before[0]?.spec);
    expect(scenario.mutating()).toHaveLength(3);
  });

  it('keeps the ENI when somebody deletes its record while its Node is missing (seed 70284)', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);
    const [eniId] = eniIdsOn(node.instanceId);
    await scenario.kubernetes.deleteNode(node.name);
    scenario.ec2.wire.log.clear();

    await scenario.kubernetes.delete(NODE_ENI_STATES, node.instanceId);
    await scenario.pass(540);

    expect(eniIdsOn(node.instanceId)).toEqual([eniId]);
    expect(scenario.ec2.wire.log.mutating).toEqual([]);
    await scenario.register(node.instanceId, LABELS);
    await scenario.pass(60);
    const [state] = await scenario.states();
    expect(Object.values(state?.spec.interfaces ?? {})).toMatchObject([
      { eniId, phase: 'Present' },
    ]);
  });

  it('forgets an instance that was terminated, ENI and state', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);

    scenario.ec2.fleet.terminateInstance(node.instanceId);
    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(300);

    expect(scenario.ours()).toEqual([]);
    expect(await scenario.states()).toEqual([]);
    expect((await scenario.status('data')).attachments).toEqual([]);
  });

  it('gives a new instance under an old node name an ENI of its own', async () => {
    const node = await scenario.addNode();
    await scenario.pass(60);
    const [old] = eniIdsOn(node.instanceId);

    scenario.ec2.fleet.terminateInstance(node.instanceId);
    await scenario.kubernetes.deleteNode(node.name);
    const next = await scenario.addNode();
    expect(next.name).toBe(node.name);
    await scenario.pass(300);

    expect(eniIdsOn(next.instanceId)).toHaveLength(1);
    expect(eniIdsOn(next.instanceId)).not.toContain(old);
    expect(scenario.ours()).toHaveLength(1);
  });

  it('selects by expressions too', async () => {
    await scenario.applyNodeEni('fast', {
      nodeSelector: undefined,
      selector: { matchExpressions: [{ key: 'speed', operator: 'In', values: ['100g', '200g'] }] },
      subnetID: scenario.subnets.a2,
    });
    const node = await scenario.addNode({ labels: { speed: '200g' } });
    await scenario.addNode({ labels: { speed: '10g' } });
    await scenario.pass(60);

    expect(scenario.ours()).toMatchObject([{ attachment: { instanceId: node.instanceId } }]);
  });
});
