import type { z } from 'zod';
import { FINALIZER, NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import { type NodeEni, nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { Instance, NetworkInterface, SecurityGroup, Subnet } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

export const NOW = new Date('2026-11-21T12:00:00.000Z');

/** An ISO time so many seconds before the tests' present. */
export const ago = (seconds: number): string =>
  new Date(NOW.getTime() - seconds * 1000).toISOString();

export const INSTANCE_ID = 'i-0123456789abcdef0';
const CLUSTER = { name: 'prod', uid: 'cluster-uid' };

export const aNodeEni = (
  spec: Partial<z.input<typeof nodeEniSpecSchema>> = {},
  metadata: Partial<NodeEni['metadata']> = {},
): NodeEni => ({
  metadata: {
    name: 'data',
    uid: `uid-of-${metadata.name ?? 'data'}`,
    generation: 1,
    finalizers: [FINALIZER],
    ...metadata,
  },
  spec: nodeEniSpecSchema.parse({
    nodeSelector: { ng: 'multi-eni' },
    subnetID: 'subnet-a',
    securityGroupIDs: ['sg-1'],
    deviceIndex: 2,
    ...spec,
  }),
});

export const aSubnet = (subnet: Partial<Subnet> = {}): Subnet => ({
  subnetId: 'subnet-a',
  vpcId: 'vpc-1',
  zone: 'us-east-1a',
  cidr: '10.0.1.0/24',
  hasIpv6: true,
  availableAddresses: 200,
  tags: {},
  ...subnet,
});

export const aGroup = (group: Partial<SecurityGroup> = {}): SecurityGroup => ({
  groupId: 'sg-1',
  groupName: 'multus',
  vpcId: 'vpc-1',
  tags: {},
  ...group,
});

export const anInstance = (instance: Partial<Instance> = {}): Instance => ({
  instanceId: INSTANCE_ID,
  state: 'running',
  instanceType: 'm5.4xlarge',
  vpcId: 'vpc-1',
  zone: 'us-east-1a',
  privateDnsName: 'ip-10-0-0-5.ec2.internal',
  tags: { 'kubernetes.io/cluster/prod': 'owned' },
  launchTime: new Date(NOW.getTime() - 3_600_000),
  interfaces: [
    {
      eniId: 'eni-primary',
      attachmentId: 'eni-attach-primary',
      deviceIndex: 0,
      networkCardIndex: 0,
      status: 'attached',
      deleteOnTermination: true,
    },
  ],
  ...instance,
});

export const aNode = (node: Partial<ClusterNode> = {}): ClusterNode => ({
  name: 'ip-10-0-0-5.ec2.internal',
  uid: 'node-uid',
  instanceId: INSTANCE_ID,
  labels: { ng: 'multi-eni' },
  taints: [],
  readySince: new Date(NOW.getTime() - 3_000_000),
  ...node,
});

export const ATTACHMENT = {
  attachmentId: 'eni-attach-1',
  instanceId: INSTANCE_ID,
  deviceIndex: 2,
  networkCardIndex: 0,
  status: 'attached',
  deleteOnTermination: true,
} as const;

/** An ENI of ours for the slot `data/subnet-a`, attached at index 2 unless told otherwise. */
export const anEni = (eni: Partial<NetworkInterface> = {}): NetworkInterface => ({
  eniId: 'eni-1',
  subnetId: 'subnet-a',
  vpcId: 'vpc-1',
  zone: 'us-east-1a',
  status: 'in-use',
  macAddress: '02:00:00:00:00:01',
  privateIpAddress: '10.0.1.10',
  secondaryPrivateIpAddresses: [],
  ipv6Addresses: [],
  groupIds: ['sg-1'],
  description: `NodeENI data on ${INSTANCE_ID}`,
  sourceDestCheck: true,
  attachment: ATTACHMENT,
  ...eni,
  tags: {
    [TAGS.cluster]: CLUSTER.name,
    [TAGS.clusterUid]: CLUSTER.uid,
    [TAGS.uid]: 'uid-of-data',
    [TAGS.name]: 'data',
    [TAGS.instance]: INSTANCE_ID,
    [TAGS.subnet]: eni.subnetId ?? 'subnet-a',
    [TAGS.createdAt]: ago(3600),
    [NO_MANAGE_TAG]: 'true',
    ...eni.tags,
  },
});

/** The same ENI, attached to nothing. */
export const anAvailableEni = (eni: Partial<NetworkInterface> = {}): NetworkInterface => {
  const { attachment: _, ...rest } = anEni(eni);
  return { ...rest, status: 'available' };
};

export const aRecord = (record: Partial<SlotSpec> = {}): SlotSpec => ({
  nodeEniUid: 'uid-of-data',
  subnetId: 'subnet-a',
  phase: 'Present',
  generation: 1,
  eniId: 'eni-1',
  create: {
    incarnation: ago(3600),
    clientToken: 'token-1',
    subnetId: 'subnet-a',
    groupIds: ['sg-1'],
    description: '',
    tags: {},
  },
  ...record,
});

export const aState = (
  interfaces: Record<string, SlotSpec> = {},
  status: NodeEniState['status'] = {},
): NodeEniState => ({
  metadata: { name: INSTANCE_ID, uid: 'state-uid' },
  spec: { nodeName: 'ip-10-0-0-5.ec2.internal', interfaces },
  status: status ?? {},
});

/** An instance that one NodeENI selects, with nothing done yet. */
export const anObservation = (observed: Partial<Observed> = {}): Observed => ({
  now: NOW,
  cluster: CLUSTER,
  instanceId: INSTANCE_ID,
  instance: anInstance(),
  limits: { instanceType: 'm5.4xlarge', maximumNetworkInterfaces: 8, networkCards: [8] },
  node: aNode(),
  isTerminating: false,
  nodeEnis: [aNodeEni()],
  invalidNodeEnis: [],
  ours: [],
  unadopted: [],
  deletedSlots: [],
  forgotten: [],
  subnets: [aSubnet()],
  securityGroups: [aGroup()],
  ...observed,
});

/** The same observation without one of its optional parts. */
export const without = (
  observed: Observed,
  key: 'instance' | 'node' | 'state' | 'limits',
): Observed =>
  Object.fromEntries(
    Object.entries(observed).filter(([name]) => name !== key),
  ) as unknown as Observed;
