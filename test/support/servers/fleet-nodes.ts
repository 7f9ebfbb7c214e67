import { type EC2Client, type Instance, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { stringify } from 'yaml';
import { type FleetSubnet, required } from './fleet-network.ts';
import type { KubeApiserver } from './kube-apiserver.ts';

export type FleetNode = {
  readonly name: string;
  readonly instanceId: string;
  readonly providerId: string;
  readonly zone: string;
  readonly subnetId: string;
};

export type RunInstancesOptions = {
  readonly cluster: string;
  readonly subnet: FleetSubnet;
  readonly groupIds: readonly string[];
  readonly count: number;
  readonly instanceType: string;
};

const nodeOf = (instance: Instance, { id: subnetId, zone }: FleetSubnet): FleetNode => {
  const instanceId = required(instance.InstanceId, 'instance id');
  const name = required(instance.PrivateDnsName, 'private DNS name');
  return { name, instanceId, providerId: `aws:///${zone}/${instanceId}`, zone, subnetId };
};

/** In: how many instances, and where. Out: the nodes they are, not yet known to Kubernetes. */
export const runInstances = async (
  ec2: EC2Client,
  { cluster, subnet, groupIds, count, instanceType }: RunInstancesOptions,
): Promise<readonly FleetNode[]> => {
  if (count === 0) return [];
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      // Any id the emulator knows from the start will do: nothing boots from it.
      ImageId: 'ami-12c6146b',
      InstanceType: instanceType as Exclude<Instance['InstanceType'], undefined>,
      MinCount: count,
      MaxCount: count,
      SubnetId: subnet.id,
      SecurityGroupIds: [...groupIds],
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: [{ Key: `kubernetes.io/cluster/${cluster}`, Value: 'owned' }],
        },
      ],
    }),
  );
  return Instances.map((instance) => nodeOf(instance, subnet));
};

const manifestOf = (
  { name, providerId, zone }: FleetNode,
  labels: Readonly<Record<string, string>>,
) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone, ...labels },
  },
  spec: { providerID: providerId },
});

/**
 * What kubelets would do: makes the nodes known to Kubernetes, with the labels given and those
 * every node on AWS has. One kubectl for all of them, since starting it costs more than a node.
 */
export const applyNodes = async (
  kubectl: KubeApiserver['kubectl'],
  nodes: readonly FleetNode[],
  labels: Readonly<Record<string, string>>,
): Promise<void> => {
  if (nodes.length === 0) return;
  const stream = nodes.map((node) => stringify(manifestOf(node, labels))).join('---\n');
  const { code, stderr } = await kubectl(['apply', '--filename', '-'], stream);
  if (code !== 0) throw new Error(`The nodes could not be applied: ${stderr}`);
};
