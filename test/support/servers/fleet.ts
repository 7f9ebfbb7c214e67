import { EC2Client } from '@aws-sdk/client-ec2';
import { createFleetNetwork, type FleetNetwork } from './fleet-network.ts';
import { applyNodes, type FleetNode, runInstances } from './fleet-nodes.ts';
import type { KubeApiserver } from './kube-apiserver.ts';

export type FleetOptions = {
  readonly awsUrl: string;
  readonly kube: Pick<KubeApiserver, 'kubectl'>;
  readonly size: number;
  readonly cluster?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly zones?: readonly string[];
  readonly groupNames?: readonly string[];
  readonly instanceType?: string;
  /** How nodes are called, by their number; by their instance's private DNS name unless told otherwise. */
  readonly nodeName?: (number: number) => string;
};

export type Fleet = FleetNetwork & {
  readonly cluster: string;
  readonly nodes: readonly FleetNode[];
  /** Starts more instances in the same network, evenly over its zones, and applies their nodes. */
  readonly addNodes: (
    count: number,
    labels?: Readonly<Record<string, string>>,
  ) => Promise<readonly FleetNode[]>;
};

/** What every AWS client of a test needs: the emulator is one address and knows one account. */
export const awsClientConfig = (awsUrl: string) => ({
  endpoint: awsUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'e2e', secretAccessKey: 'e2e' },
});

/** The first zones get one more when the nodes do not divide evenly. */
const shareOf = (count: number, zones: number, index: number): number =>
  Math.floor(count / zones) + (index < count % zones ? 1 : 0);

/**
 * A cluster to work on: instances in AWS and the Nodes they are in Kubernetes. In: the URL of AWS
 * (give the emulator's own, so that the set-up is neither counted nor delayed), a kubectl, how many
 * nodes and their labels. Out: every id a test may need. The instances are in the first group only,
 * which leaves the others to interfaces.
 */
export const createFleet = async ({
  awsUrl,
  kube,
  size,
  cluster = 'e2e',
  labels = {},
  zones = ['us-east-1a', 'us-east-1b'],
  groupNames = ['nodes', 'interfaces'],
  instanceType = 'm5.4xlarge',
  nodeName,
}: FleetOptions): Promise<Fleet> => {
  const ec2 = new EC2Client(awsClientConfig(awsUrl));
  const network = await createFleetNetwork(ec2, { cluster, zones, groupNames });
  const groupIds = network.groups.slice(0, 1).map(({ id }) => id);

  let made = 0;
  const addNodes: Fleet['addNodes'] = async (count, nodeLabels = labels) => {
    const perZone = network.subnets.map((subnet, index) =>
      runInstances(ec2, {
        cluster,
        subnet,
        groupIds,
        instanceType,
        count: shareOf(count, zones.length, index),
      }),
    );
    const nodes = (await Promise.all(perZone)).flat().map((node) => {
      made += 1;
      return nodeName === undefined ? node : { ...node, name: nodeName(made) };
    });
    await applyNodes(kube.kubectl, nodes, nodeLabels);
    return nodes;
  };

  return { ...network, cluster, nodes: await addNodes(size), addNodes };
};
