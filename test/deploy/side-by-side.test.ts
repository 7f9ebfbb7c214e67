import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { kubeOf } from '#test/support/deploy/cluster.ts';
import { listCluster } from '#test/support/deploy/inventory.ts';
import {
  createScalingGroup,
  launchInstance,
  untilCompleted,
} from '#test/support/deploy/scaling-group.ts';
import { type Checkout, type DeployStage, startDeployStage } from '#test/support/deploy/stage.ts';
import { selfContainedKubeconfig } from '#test/support/deployed/kubernetes-objects.ts';
import { clientConfig } from '#test/support/deployed/place.ts';
import { placeOwnApp } from '#test/support/infra/own-app.ts';
import { awsClientConfig, type Fleet } from '#test/support/servers/fleet.ts';
import { applyNodes } from '#test/support/servers/fleet-nodes.ts';

/** The clusters of the app, each with the group that its installation puts hooks on. */
const GROUPS = { blue: 'workers', green: 'green-workers' } as const;

type ClusterName = keyof typeof GROUPS;

const CLUSTERS: readonly ClusterName[] = ['blue', 'green'];

let stage: DeployStage;
let app: Checkout;
let removeApp: () => Promise<void>;
let fleets: Readonly<Record<ClusterName, Fleet>>;

beforeAll(async () => {
  stage = await startDeployStage('blue', 'green');
  const group = (clusterName: ClusterName) =>
    createScalingGroup(stage, { name: GROUPS[clusterName], clusterName });
  fleets = { blue: await group('blue'), green: await group('green') };
  const green = kubeOf(stage, 'green');
  const user = { name: 'functions', groups: [], token: green.adminToken };
  await new SSMClient(clientConfig(stage.ministack.url)).send(
    new PutParameterCommand({
      Name: '/green/kubeconfig',
      Type: 'SecureString',
      Value: selfContainedKubeconfig(green, user),
    }),
  );
  const folder = await placeOwnApp([fleets.blue.vpcId, fleets.green.vpcId]);
  removeApp = folder.remove;
  app = await stage.checkOut(folder.path);
});

afterAll(async () => {
  await stage?.stop();
  await removeApp?.();
});

const nodeEniIn = (clusterName: ClusterName): string =>
  stringify({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name: 'data' },
    spec: {
      nodeSelector: { ng: 'data' },
      subnetID: fleets[clusterName].subnets[0]?.id,
      securityGroupIDs: [fleets[clusterName].groups.at(-1)?.id],
      deviceIndex: 2,
    },
  });

const records = (clusterName: ClusterName): Promise<string> =>
  stage.kubectl(['get', 'nodeenistates', '--output', 'name'], { clusterName });

/** The instances on which a cluster has interfaces, by the tags of these. */
const servedBy = async (clusterName: ClusterName): Promise<readonly (string | undefined)[]> => {
  const { NetworkInterfaces = [] } = await new EC2Client(awsClientConfig(stage.moto.url)).send(
    new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: `tag:${TAGS.cluster}`, Values: [clusterName] }],
    }),
  );
  return NetworkInterfaces.map(({ Attachment }) => Attachment?.InstanceId);
};

// One app's life: each test goes on from the one before.
describe('two installations in one app', () => {
  it('are made by one deploy', async () => {
    await app.sstOrThrow('deploy', '--stage', 'live');

    const made = await Promise.all(
      CLUSTERS.map((clusterName) => listCluster({ kube: kubeOf(stage, clusterName) })),
    );
    for (const objects of made) expect(objects).toContain('ValidatingWebhookConfiguration/nodeeni');
  });

  it.each(CLUSTERS)('%s completes its own launches and no others', async (name) => {
    const other = name === 'blue' ? 'green' : 'blue';
    const before = { others: await records(other), completions: stage.proxy.completions.length };
    const stdin = nodeEniIn(name);
    await stage.kubectl(['apply', '--filename', '-'], { clusterName: name, stdin });

    const node = await launchInstance(stage, { fleet: fleets[name], group: GROUPS[name] });
    await applyNodes(kubeOf(stage, name).kubectl, [node], { ng: 'data' });
    await untilCompleted(stage, before.completions + 1);

    expect(stage.proxy.completions.slice(before.completions)).toEqual([
      expect.objectContaining({ instanceId: node.instanceId, result: 'CONTINUE' }),
    ]);
    expect(await records(name)).toContain(node.instanceId);
    expect(await records(other)).toBe(before.others);
    expect(await servedBy(name)).toEqual([node.instanceId]);
  });
});
