import { describe, expect, it } from 'vitest';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario } from '#test/support/scenario.ts';

describe('Deleting a NodeENI', () => {
  it('releases fifty attachments and lets go', async () => {
    const scenario = createScenario();
    for (let count = 0; count < 50; count += 1) await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(300);
    expect(await scenario.status('data')).toMatchObject({ summary: '50/50' });

    await scenario.deleteNodeEni('data');
    await scenario.pass(300);

    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });

  it('keeps the finalizer while EC2 cannot be reached, and lets go afterwards', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    scenario.ec2.wire.setUnreachable(true);
    await scenario.deleteNodeEni('data');
    await scenario.pass(1800);
    expect(await scenario.nodeEnis()).toEqual(['data']);

    scenario.ec2.wire.setUnreachable(false);
    await scenario.pass(400);
    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ours()).toEqual([]);
  });

  it('waits for a detachment that takes 90 seconds', async () => {
    const scenario = createScenario({ ec2: { detachSeconds: 90 } });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.deleteNodeEni('data');
    await scenario.pass(80);
    expect(await scenario.nodeEnis()).toEqual(['data']);
    await scenario.pass(60);

    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ours()).toEqual([]);
    expect(
      scenario.mutating().filter((action) => action === 'DetachNetworkInterface'),
    ).toHaveLength(1);
  });

  it('takes with it what outlived its instance', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      deleteOnTermination: false,
    });
    await scenario.pass(60);
    expect(scenario.mutating()).toHaveLength(2);

    scenario.ec2.fleet.terminateInstance(node.instanceId);
    await scenario.kubernetes.deleteNode(node.name);
    await scenario.pass(1800);
    expect(scenario.ours()).toMatchObject([{ attachment: undefined }]);
    expect(await scenario.status('data')).toMatchObject({ attachments: [{ status: 'retained' }] });

    await scenario.deleteNodeEni('data');
    await scenario.pass(400);

    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
    expect(await scenario.states()).toEqual([]);
  });

  it('removes what is left when somebody strips the finalizer', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.deleteNodeEni('data');
    await scenario.kubernetes
      .apply({
        apiVersion: 'networking.k8s.aws/v1alpha1',
        kind: 'NodeENI',
        metadata: { name: 'data', finalizers: [] },
      })
      .catch(() => undefined);
    await scenario.pass(700);

    expect(scenario.ours()).toEqual([]);
  });
});

describe('A NodeENI that is replaced by one of the same name', () => {
  it('gets its interface only when the one of its predecessor is gone', async () => {
    const scenario = createScenario({ ec2: { detachSeconds: 90 } });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(300);
    const [before] = scenario.ours();
    const force = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
    await scenario.kubernetes.patch(NODE_ENIS, 'data', force);
    await scenario.deleteNodeEni('data');
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    let most = 0;
    for (let second = 0; second < 600; second += 1) {
      await scenario.pass(1);
      most = Math.max(most, scenario.ours().length);
    }

    expect(most).toBe(1);
    expect(scenario.ours().map(({ eniId }) => eniId)).not.toContain(before?.eniId);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });
});
