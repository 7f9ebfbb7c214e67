import { z } from 'zod';
import { NODE_ENI_RULES } from './rules.ts';

const labelKey = z.string();

/** Kubernetes' own LabelSelector ("Labels and Selectors", kubernetes.io). */
const labelSelector = z
  .object({
    matchLabels: z.record(labelKey, z.string()).optional(),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().min(1),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: z.array(z.string()).optional(),
        }),
      )
      .optional(),
  })
  .meta({ description: 'A label selector; ANDed with nodeSelector.' });

const names = (description: string) => z.array(z.string().min(1)).optional().meta({ description });

/** What a user asks for. Fields and defaults are the Go controller's; the additions are all optional. */
export const nodeEniSpecSchema = z
  .object({
    nodeSelector: z.record(labelKey, z.string()).optional().meta({
      description: 'Labels a node must carry, all of them.',
    }),
    selector: labelSelector.optional(),
    subnetID: z.string().optional().meta({ description: 'A subnet, by its id.' }),
    subnetIDs: names('Subnets, by id: one interface in each that lies in the zone of the node.'),
    subnetName: z.string().optional().meta({ description: 'A subnet, by its Name tag.' }),
    subnetNames: names('Subnets, by Name tag.'),
    securityGroupIDs: names('Security groups, by id.'),
    securityGroupNames: names('Security groups, by group name or Name tag.'),
    deviceIndex: z.int().min(0).max(127).default(1).meta({
      description:
        'Asked device index of the first interface; the next subnets of the same zone count up. With the VPC CNI start at 2.',
    }),
    deviceIndexPolicy: z.enum(['Prefer', 'Require']).default('Prefer').meta({
      description: 'Prefer: take another index if the asked one is in use. Require: wait for it.',
    }),
    networkCardIndex: z.int().min(0).max(63).optional(),
    deleteOnTermination: z.boolean().default(true).meta({
      description: 'False keeps the ENI when its instance ends; it goes with the NodeENI.',
    }),
    description: z.string().max(255).optional(),
    mtu: z
      .int()
      .min(0)
      .max(9216)
      .optional()
      .meta({
        description: '0 or absent leaves the link alone.',
        'x-kubernetes-validations': [
          { rule: 'self == 0 || self >= 68', message: 'mtu must be 0 (leave alone) or 68 to 9216' },
        ],
      }),
    enableDPDK: z.boolean().optional(),
    dpdkEnabled: z.boolean().optional().meta({ description: 'The same as enableDPDK.' }),
    dpdkDriver: z.enum(['vfio-pci', 'igb_uio', 'uio_pci_generic']).optional(),
    dpdkResourceName: z.string().optional(),
    dpdkPCIAddress: z.string().optional(),
    sourceDestCheck: z.boolean().optional(),
    tags: z
      .record(z.string(), z.string())
      .optional()
      .meta({
        'x-kubernetes-validations': [
          {
            rule: 'self.all(k, !k.startsWith("nodeeni.networking.k8s.aws/") && !k.startsWith("aws:") && k != "node.k8s.amazonaws.com/no_manage" && k != "node.k8s.amazonaws.com/instance_id" && k != "eks:eni:owner" && k != "Name" && k != "kubernetes.io/cluster/managed-by")',
            message:
              'a tag key is reserved: aws:*, nodeeni.networking.k8s.aws/*, Name and the owner tags of other controllers are not yours to set',
          },
        ],
      }),
    secondaryPrivateIPAddressCount: z.int().min(0).max(49).optional(),
    ipv6AddressCount: z.int().min(0).max(50).optional(),
    linkMode: z.enum(['Up', 'Unmanaged']).default('Up'),
    paused: z.boolean().optional().meta({ description: 'Plan and report, change nothing.' }),
  })
  .meta({
    'x-kubernetes-validations': NODE_ENI_RULES.map(({ rule, message }) => ({ rule, message })),
  });

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  observedGeneration: z.int().optional(),
  lastTransitionTime: z.string(),
});

/** One row of `status.attachments`. The first twelve names are the Go controller's and stay valid. */
const attachmentSchema = z.object({
  nodeID: z.string().optional(),
  instanceID: z.string().optional(),
  eniID: z.string().optional(),
  attachmentID: z.string().optional(),
  subnetID: z.string().optional(),
  subnetCIDR: z.string().optional(),
  mtu: z.int().optional(),
  deviceIndex: z.int().optional(),
  status: z.string().optional(),
  lastUpdated: z.string().optional(),
  dpdkBound: z.boolean().optional(),
  dpdkDriver: z.string().optional(),
  dpdkResourceName: z.string().optional(),
  dpdkPCIAddress: z.string().optional(),
  networkCardIndex: z.int().optional(),
  macAddress: z.string().optional(),
  privateIPAddress: z.string().optional(),
  interfaceName: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

export const nodeEniStatusSchema = z.object({
  attachments: z.array(attachmentSchema).optional().meta({ 'x-kubernetes-list-type': 'atomic' }),
  attachmentsOmitted: z.int().optional(),
  matchedNodes: z.int().optional(),
  desiredInterfaces: z.int().optional(),
  readyInterfaces: z.int().optional(),
  summary: z.string().optional(),
  observedGeneration: z.int().optional(),
  conditions: z
    .array(conditionSchema)
    .optional()
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
});

export type LabelSelector = z.infer<typeof labelSelector>;
export type NodeEniSpec = z.infer<typeof nodeEniSpecSchema>;
export type NodeEniStatus = z.infer<typeof nodeEniStatusSchema>;
export type Attachment = z.infer<typeof attachmentSchema>;
export type Condition = z.infer<typeof conditionSchema>;

/** The part of ObjectMeta that this product reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A NodeENI as the API server stores it. */
export interface NodeEni {
  readonly metadata: ObjectMeta;
  readonly spec: NodeEniSpec;
  readonly status?: NodeEniStatus;
}

/** True when either of the two DPDK flags asks for it. */
export const wantsDpdk = (spec: NodeEniSpec): boolean =>
  spec.enableDPDK === true || spec.dpdkEnabled === true;
