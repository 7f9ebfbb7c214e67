import { z } from 'zod';
import { EC2_ID, MOST } from './bounds.ts';
import { labels, nodeSelector } from './label-selector.ts';
import { linkNameSchema, linkSettingsSchema } from './link-settings.ts';
import { podNetworkSchema } from './pod-network.ts';
import { validationsAt } from './rules.ts';

const ID = { maxLength: MOST.idCharacters, pattern: EC2_ID };
const NAME = { maxLength: MOST.nameCharacters };

const several = (of: { readonly maxLength: number }, description: string) =>
  z.array(z.string().min(1).meta(of)).optional().meta({ maxItems: MOST.references, description });

/** What a user asks for. Fields and defaults are the Go controller's; the additions are all optional. */
export const nodeEniSpecSchema = z
  .object({
    nodeSelector: labels('Labels a node must carry, all of them.'),
    selector: nodeSelector.optional(),
    subnetID: z
      .string()
      .optional()
      .meta({ ...ID, description: 'A subnet, by its id.' }),
    subnetIDs: several(
      ID,
      'Subnets, by id: one interface in each that lies in the zone of the node.',
    ),
    subnetName: z
      .string()
      .optional()
      .meta({ ...NAME, description: 'A subnet, by its Name tag.' }),
    subnetNames: several(NAME, 'Subnets, by Name tag.'),
    securityGroupIDs: several(ID, 'Security groups, by id.'),
    securityGroupNames: several(NAME, 'Security groups, by group name or Name tag.'),
    deviceIndex: z.int().min(0).max(127).default(1).meta({
      description:
        'Asked device index of the first interface; the next subnets of the same zone count up. With the VPC CNI start at 2.',
    }),
    deviceIndexPolicy: z.enum(['Prefer', 'Require']).default('Prefer').meta({
      description: 'Prefer: take another index if the asked one is in use. Require: wait for it.',
    }),
    networkCardIndex: z.int().min(0).max(63).optional().meta({
      description: 'The network card to attach to, on instance types that have several. Absent: 0.',
    }),
    deleteOnTermination: z.boolean().default(true).meta({
      description: 'False keeps the ENI when its instance ends; it goes with the NodeENI.',
    }),
    description: z.string().max(255).optional().meta({
      description: 'Description of the ENI in EC2. Absent: one that names NodeENI and instance.',
    }),
    mtu: z
      .int()
      .min(0)
      .max(9216)
      .optional()
      .meta({
        description: 'MTU of the link in bytes, 68 to 9216. 0 or absent leaves the link alone.',
        'x-kubernetes-validations': validationsAt('mtu'),
      }),
    enableDPDK: z.boolean().optional().meta({
      description: 'Binds the device to a driver for DPDK on the host.',
    }),
    dpdkEnabled: z.boolean().optional().meta({ description: 'The same as enableDPDK.' }),
    dpdkDriver: z.enum(['vfio-pci', 'igb_uio', 'uio_pci_generic']).optional().meta({
      description: 'The driver to bind to. Absent: vfio-pci.',
    }),
    dpdkResourceName: z.string().optional().meta({
      maxLength: MOST.keyCharacters,
      description: 'Resource under which the SR-IOV device plugin offers the device to pods.',
    }),
    dpdkPCIAddress: z.string().optional().meta({
      maxLength: MOST.labelCharacters,
      description: 'PCI address the device is expected at; another device is never bound.',
    }),
    sourceDestCheck: z.boolean().optional().meta({
      description:
        'False lets the ENI carry traffic of others (router, firewall). Absent: not changed.',
    }),
    tags: z
      .record(z.string(), z.string().meta({ maxLength: MOST.tagCharacters }))
      .optional()
      .meta({
        maxProperties: MOST.tags,
        description: 'Tags for the ENI in EC2.',
        'x-kubernetes-validations': validationsAt('tags'),
      }),
    secondaryPrivateIPAddressCount: z.int().min(0).max(49).optional().meta({
      description: 'How many secondary private IPv4 addresses the ENI gets. Absent: not changed.',
    }),
    ipv6AddressCount: z.int().min(0).max(50).optional().meta({
      description: 'How many IPv6 addresses the ENI gets. Absent: not changed.',
    }),
    ipv4PrefixCount: z.int().min(0).max(MOST.prefixes).optional().meta({
      description:
        'How many IPv4 prefixes the ENI gets, 16 addresses each (/28). They are added, never taken away. Absent: not changed.',
    }),
    ipv6PrefixCount: z.int().min(0).max(MOST.prefixes).optional().meta({
      description:
        'How many IPv6 prefixes the ENI gets (/80). They are added, never taken away. Absent: not changed.',
    }),
    linkMode: z.enum(['Up', 'Addressed', 'Unmanaged']).default('Up').meta({
      description:
        'Up: the agent keeps the link up, with its MTU, names and settings. Addressed: it gives it its addresses too, with a routing table of its own. Unmanaged: it leaves it alone.',
    }),
    linkName: linkNameSchema.optional().meta({
      description:
        'A name for the link beside its own, the same on every node. It always has the id of its ENI.',
    }),
    link: linkSettingsSchema.optional().meta({
      description: 'Settings of the link, kept by the agent. What is absent is left alone.',
      'x-kubernetes-validations': validationsAt('link'),
    }),
    host: z.enum(['Agent', 'SSM']).optional().meta({
      description:
        'Who configures the links on the host. Agent: the agent that runs on it. SSM: a command of Systems Manager. Absent: what the installation is set to.',
    }),
    podNetwork: podNetworkSchema.optional(),
    paused: z.boolean().optional().meta({ description: 'Plan and report, change nothing.' }),
  })
  .meta({ 'x-kubernetes-validations': validationsAt('') });

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z
    .string()
    .meta({ description: 'One word for programs; it does not change its meaning.' }),
  message: z
    .string()
    .meta({ maxLength: MOST.conditionCharacters, description: 'A sentence for people.' }),
  observedGeneration: z.int().optional(),
  lastTransitionTime: z.string(),
});

/** One row of `status.attachments`. The first twelve names are the Go controller's and stay valid. */
const attachmentSchema = z.object({
  nodeID: z.string().optional().meta({ description: 'Name of the node.' }),
  instanceID: z.string().optional(),
  eniID: z.string().optional(),
  attachmentID: z.string().optional(),
  subnetID: z.string().optional(),
  subnetCIDR: z.string().optional(),
  mtu: z.int().optional(),
  deviceIndex: z.int().optional().meta({ description: 'The index the ENI really has.' }),
  status: z.string().optional().meta({
    description: 'pending, attached, releasing, retained, skipped or failed.',
  }),
  lastUpdated: z.string().optional(),
  dpdkBound: z.boolean().optional(),
  dpdkDriver: z.string().optional(),
  dpdkResourceName: z.string().optional(),
  dpdkPCIAddress: z.string().optional(),
  networkCardIndex: z.int().optional(),
  macAddress: z.string().optional(),
  privateIPAddress: z.string().optional(),
  interfaceName: z.string().optional().meta({ description: 'Name of the link on the host.' }),
  podNetwork: z.string().optional().meta({
    description: 'How the network for pods stands on the node, in one word: Ready, or why not.',
  }),
  podAddresses: z.int().optional().meta({
    description: 'How many pods the network has addresses for on the node.',
  }),
  reason: z.string().optional().meta({ description: 'Why the row is as it is, in one word.' }),
  message: z.string().optional().meta({ description: 'Why the row is as it is, in a sentence.' }),
});

export const nodeEniStatusSchema = z.object({
  attachments: z.array(attachmentSchema).optional().meta({
    maxItems: MOST.attachments,
    description: 'A row for each interface, at most 500 of them.',
    'x-kubernetes-list-type': 'atomic',
  }),
  attachmentsOmitted: z.int().optional().meta({
    description: 'How many rows are left out of attachments.',
  }),
  matchedNodes: z.int().optional().meta({ description: 'How many nodes are selected.' }),
  desiredInterfaces: z.int().optional().meta({
    description: 'How many interfaces the selected nodes should have.',
  }),
  readyInterfaces: z.int().optional().meta({ description: 'How many of them are ready.' }),
  summary: z.string().optional().meta({ description: 'Ready and desired interfaces: 2/3.' }),
  deviceIndexes: z.string().optional().meta({
    description: 'The device indexes that its interfaces have, whatever is asked for: 2,3.',
  }),
  observedGeneration: z.int().optional().meta({
    description: 'The generation of the spec that this status is about.',
  }),
  conditions: z
    .array(conditionSchema)
    .optional()
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
});

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

/**
 * True for a row that may speak of an ENI this product never made: the Go controller writes no reason. Rows of our own
 * are not evidence; what they speak of is in a state object, or was given up.
 */
export const isForeignRow = ({ reason }: Attachment): boolean =>
  reason === undefined || reason === 'NeedsAdoption';

/** ENIs that rows say were given up to another instance: their tags were taken off for good, and nobody is to adopt them. */
export const givenUpIn = ({ status }: Pick<NodeEni, 'status'>): ReadonlySet<string | undefined> =>
  new Set(
    (status?.attachments ?? [])
      .filter(({ reason }) => reason === 'AttachedElsewhere')
      .map(({ eniID }) => eniID),
  );

/** A row of an interface that is not there yet has a word in the place of its id, and that is no ENI to ask EC2 for. */
const namesEni = ({ eniID = '' }: Attachment): boolean => eniID.startsWith('eni-');

/** The rows that name ENIs this product may never have made. */
export const foreignRowsOf = (nodeEni: Pick<NodeEni, 'status'>): Attachment[] => {
  const givenUp = givenUpIn(nodeEni);
  return (nodeEni.status?.attachments ?? []).filter(
    (row) => isForeignRow(row) && namesEni(row) && !givenUp.has(row.eniID),
  );
};
