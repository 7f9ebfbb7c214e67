import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

const peerTags = (nodeEni: string, node: string, subnetId: string) => ({
  Name: `nodeeni-${nodeEni}-${node}`,
  NodeENI: nodeEni,
  Node: node,
  SubnetID: subnetId,
  'kubernetes.io/cluster/managed-by': 'nodeeni-controller',
  'node.k8s.amazonaws.com/no_manage': 'true',
});

/** A node as the Go controller leaves it: an attached ENI with its tags, and a row in the status. */
const leaveBehind = async (scenario: Scenario, isListed: boolean) => {
  // It was here before us.
  scenario.installation.kill();
  const node = await scenario.addNode();
  const subnetId = scenario.subnets.a;
  const eniId = scenario.ec2.byHand.create({
    subnetId,
    tags: peerTags('data', node.name, subnetId),
  });
  scenario.ec2.byHand.attach(eniId, node.instanceId, 2);
  scenario.kubernetes.storeUnchecked(NODE_ENIS, {
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name: 'data', finalizers: ['nodeeni.networking.k8s.aws/finalizer'] },
    spec: {
      nodeSelector: LABELS,
      subnetID: subnetId,
      securityGroupIDs: [scenario.groups.one],
      deviceIndex: 2,
      deleteOnTermination: true,
    },
    ...(isListed && {
      status: {
        attachments: [
          {
            nodeID: node.name,
            instanceID: node.instanceId,
            eniID: eniId,
            subnetID: subnetId,
            status: 'attached',
            deviceIndex: 2,
          },
        ],
      },
    }),
  });
  scenario.installation.restart();
  return { ...node, eniId };
};

describe('ENIs of the Go controller', () => {
  it.each([true, false])(
    'are neither doubled nor touched until they are adopted (listed in status: %s)',
    async (isListed) => {
      const scenario = createScenario();
      await leaveBehind(scenario, isListed);
      await scenario.pass(1200);

      expect(scenario.mutating()).toEqual([]);
      expect(await scenario.ready('data')).toMatchObject({
        status: 'False',
        reason: 'NeedsAdoption',
      });
    },
  );

  it.each([true, false])(
    'keep the finalizer of a deleted NodeENI until they are adopted (listed in status: %s)',
    async (isListed) => {
      const scenario = createScenario();
      const { eniId } = await leaveBehind(scenario, isListed);
      await scenario.pass(60);
      await scenario.deleteNodeEni('data');
      await scenario.pass(900);
      expect(await scenario.nodeEnis()).toEqual(['data']);
      expect(scenario.ec2.interfaces().some((eni) => eni.eniId === eniId)).toBe(true);

      await scenario.installation.operator().adoption.adopt({ isDryRun: false });
      await scenario.pass(600);

      expect(await scenario.nodeEnis()).toEqual([]);
      expect(scenario.ec2.interfaces().some((eni) => eni.eniId === eniId)).toBe(false);
    },
  );

  it('serve on after adoption: the same ENI, no new one', async () => {
    const scenario = createScenario();
    const { eniId, instanceId } = await leaveBehind(scenario, true);
    await scenario.pass(60);

    const actions = await scenario.installation.operator().adoption.adopt({ isDryRun: false });
    await scenario.pass(400);

    expect(actions).toMatchObject([{ type: 'adopt', eniId, instanceId }]);
    expect(scenario.oursOn(instanceId)).toMatchObject([
      { eniId, attachment: { deleteOnTermination: true } },
    ]);
    expect(scenario.mutating()).not.toContain('CreateNetworkInterface');
    expect(await scenario.status('data')).toMatchObject({
      summary: '1/1',
      attachments: [{ eniID: eniId, status: 'attached' }],
    });
  });

  it('are only named by a dry run', async () => {
    const scenario = createScenario();
    const { eniId } = await leaveBehind(scenario, true);
    await scenario.pass(60);

    expect(await scenario.installation.operator().adoption.adopt({ isDryRun: true })).toMatchObject(
      [{ eniId }],
    );
    expect(scenario.mutating()).toEqual([]);
  });
});

describe('Two clusters of one name in one account', () => {
  it('never touch each other’s ENIs', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const mine = scenario.ours()[0];
    const foreign = scenario.ec2.byHand.create({
      subnetId: scenario.subnets.a,
      tags: {
        ...Object.fromEntries(mine?.tags ?? []),
        [TAGS.clusterUid]: 'another-cluster',
        [TAGS.uid]: 'another-uid',
      },
    });
    const attached = scenario.ec2.byHand.create({
      subnetId: scenario.subnets.a,
      tags: { ...Object.fromEntries(mine?.tags ?? []), [TAGS.clusterUid]: 'another-cluster' },
    });
    scenario.ec2.byHand.attach(attached, node.instanceId, 4);
    scenario.ec2.wire.log.clear();
    await scenario.pass(1800);
    await scenario.deleteNodeEni('data');
    await scenario.pass(1800);

    const touched = JSON.stringify(scenario.ec2.wire.log.mutating);
    expect(touched).not.toContain(foreign);
    expect(touched).not.toContain(attached);
    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ec2.interfaces().map(({ eniId }) => eniId)).toEqual(
      expect.arrayContaining([foreign, attached]),
    );
  });
});

describe('Orphans', () => {
  const orphan = (scenario: Scenario, clusterUid: string, createdAt: string) =>
    scenario.ec2.byHand.create({
      subnetId: scenario.subnets.a,
      tags: {
        [TAGS.cluster]: 'prod',
        [TAGS.clusterUid]: clusterUid,
        [TAGS.uid]: 'uid-of-nobody',
        [TAGS.name]: 'gone',
        [TAGS.instance]: 'i-0abcdef1234567890',
        [TAGS.subnet]: scenario.subnets.a,
        [TAGS.createdAt]: createdAt,
      },
    });

  it('are collected in the second sweep that sees them, not in the first', async () => {
    const scenario = createScenario();
    const { NAMESPACES } = await import('#providers/kubernetes/resources.ts');
    const uid = (await scenario.kubernetes.get(NAMESPACES, 'kube-system')).metadata.uid ?? '';
    const eniId = orphan(scenario, uid, '2026-11-21T11:00:00.000Z');

    await scenario.pass(310);
    expect(scenario.ec2.interfaces().map((eni) => eni.eniId)).toContain(eniId);
    expect(scenario.mutating()).toEqual(['CreateTags']);
    await scenario.pass(310);

    expect(scenario.ec2.interfaces().map((eni) => eni.eniId)).not.toContain(eniId);
  });

  it('are collected too when the tag is gone that names their instance (seed 365)', async () => {
    const scenario = createScenario();
    const { NAMESPACES } = await import('#providers/kubernetes/resources.ts');
    const uid = (await scenario.kubernetes.get(NAMESPACES, 'kube-system')).metadata.uid ?? '';
    const eniId = orphan(scenario, uid, '2026-11-21T11:00:00.000Z');
    scenario.ec2.byHand.removeTags(eniId, [TAGS.instance]);

    await scenario.pass(620);

    expect(scenario.ec2.interfaces().map((eni) => eni.eniId)).not.toContain(eniId);
    expect(scenario.mutating()).toEqual(['CreateTags', 'DeleteNetworkInterface']);
  });

  it.each([
    { deleteOnTermination: true, left: 1 },
    { deleteOnTermination: false, left: 2 },
  ])(
    'are those, too, that no slot of their NodeENI can find any more, unless it keeps its ENIs: $deleteOnTermination (seed 704)',
    async ({ deleteOnTermination, left }) => {
      const scenario = createScenario();
      const { instanceId } = await scenario.addNode();
      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, deleteOnTermination });
      await scenario.pass(60);
      const eniId = scenario.oursOn(instanceId)[0]?.eniId ?? '';
      await scenario.kubernetes.delete(NODE_ENI_STATES, instanceId);
      scenario.ec2.byHand.removeTags(eniId, [TAGS.instance]);
      scenario.ec2.byHand.detach(eniId);

      await scenario.pass(1300);

      expect(scenario.ours()).toHaveLength(left);
      expect(scenario.oursOn(instanceId)).toHaveLength(1);
      expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    },
  );

  it('are left alone while Kubernetes cannot be listed', async () => {
    const scenario = createScenario();
    const { NAMESPACES } = await import('#providers/kubernetes/resources.ts');
    const uid = (await scenario.kubernetes.get(NAMESPACES, 'kube-system')).metadata.uid ?? '';
    orphan(scenario, uid, '2026-11-21T11:00:00.000Z');
    scenario.kubernetes.setServed(NODE_ENIS, false);
    await scenario.pass(3600);

    expect(scenario.mutating()).toEqual([]);
  });
});

describe('Objects stored before a rule existed', () => {
  it('keep working and say so', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode({ labels: {} });
    scenario.kubernetes.storeUnchecked(NODE_ENIS, {
      metadata: { name: 'all' },
      spec: {
        nodeSelector: {},
        subnetID: scenario.subnets.a,
        deviceIndex: 2,
        deleteOnTermination: true,
      },
    });
    await scenario.pass(400);

    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
    const { conditions } = await scenario.status('all');
    expect(conditions?.find(({ type }) => type === 'SpecValid')).toMatchObject({
      status: 'False',
      reason: 'InvalidSpec',
    });
  });

  it('that fit no schema keep what they have, and can be deleted', async () => {
    const scenario = createScenario();
    const node = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const stored = await scenario.kubernetes.get(NODE_ENIS, 'data');
    scenario.kubernetes.storeUnchecked(NODE_ENIS, {
      ...stored,
      spec: { ...(stored.spec as object), mtu: 99_999 },
    });
    await scenario.pass(700);
    expect(scenario.oursOn(node.instanceId)).toHaveLength(1);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'UnreadableSpec',
      message: expect.stringContaining('mtu'),
    });

    await scenario.deleteNodeEni('data');
    await scenario.pass(700);

    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  });
});
