import { z } from 'zod';
import { hostCommandSchema } from './host-command-record.ts';
import { linkNameSchema, linkSettingsSchema } from './link-settings.ts';
import { podNetworkRecordSchema, podNetworkReportSchema } from './pod-network-state.ts';

/** The exact parameters of one CreateNetworkInterface call, kept so that a retry replays the same bytes. */
const createParametersSchema = z.object({
  /** ISO time at which this incarnation was decided; also the created-at tag, since EC2 tells no creation time. */
  incarnation: z.string().meta({ description: 'When this ENI was decided on; part of its token.' }),
  clientToken: z.string().meta({ description: 'ClientToken of the call; a retry replays it.' }),
  subnetId: z.string(),
  groupIds: z.array(z.string()),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
  secondaryPrivateIpAddressCount: z.int().optional(),
  ipv6AddressCount: z.int().optional(),
  ipv4PrefixCount: z.int().optional(),
  ipv6PrefixCount: z.int().optional(),
});

/** A refusal by EC2 that cannot be foreseen from describes, or a repair that did not last: tried again only after `until`. */
const backOffSchema = z.object({
  reason: z.string(),
  message: z.string(),
  isRefusal: z.boolean().meta({
    description:
      'EC2 refused the call. Otherwise its answer is unknown and it may have had its effect.',
  }),
  until: z.string(),
  failures: z.int(),
  nodeEniGeneration: z.int().optional().meta({
    description:
      'Generation of the NodeENI that EC2 was asked for. Another one is asked for at once.',
  }),
  retry: z.string().optional().meta({
    description: 'The retry annotation of the NodeENI at that time. Another one is tried at once.',
  }),
});

const dpdkSettingsSchema = z.object({
  driver: z.string(),
  resourceName: z.string().optional(),
  pciAddress: z.string().optional(),
});

/** One slot: what the agent is to make true on the host, and what the controller must remember to stay idempotent. */
export const slotSpecSchema = z.object({
  nodeEniUid: z.string().meta({ description: 'UID of the NodeENI that asks for the interface.' }),
  subnetId: z.string(),
  phase: z.enum(['Present', 'Releasing']).meta({
    description: 'Present: to be there. Releasing: the host is to let go of it.',
  }),
  releasingSince: z.string().optional().meta({ description: 'When the release began (ISO 8601).' }),
  generation: z.int().meta({ description: 'Counts the changes the agent must acknowledge.' }),
  create: createParametersSchema.optional().meta({
    description: 'Parameters of the call that creates the ENI, written before the call is made.',
  }),
  createTriedAt: z.string().optional().meta({
    description:
      'When that call was last made (ISO 8601); its ENI may stay unseen for a while after.',
  }),
  attachAcceptedAt: z.string().optional().meta({
    description:
      'When EC2 took an attachment that it does not show (ISO 8601); it is not asked for again soon.',
  }),
  detachingSince: z.string().optional().meta({
    description:
      'First reconcile that saw an ENI which is to stay being detached (ISO 8601); one that takes long needs a person.',
  }),
  backOffs: z.record(z.string(), backOffSchema).optional().meta({
    description:
      'By kind of call: what EC2 refused last, or what somebody else undid, and when it is worth another call.',
  }),
  backOff: backOffSchema.optional().meta({
    description:
      'The same for all kinds of calls, as earlier versions wrote it. Read, and never written.',
  }),
  isSeen: z.boolean().optional().meta({
    description: 'EC2 has shown the ENI: when it shows it no more, it is gone.',
  }),
  missingSince: z.string().optional().meta({
    description:
      'First reconcile at which EC2 showed the ENI no more (ISO 8601); a later reconcile believes it.',
  }),
  givenUp: z
    .array(z.object({ eniId: z.string(), instanceId: z.string() }))
    .optional()
    .meta({
      description:
        'Earlier ENIs of the slot that somebody attached to another instance, the last five.',
    }),
  eniId: z.string().optional(),
  attachmentId: z.string().optional(),
  macAddress: z.string().optional(),
  deviceIndex: z.int().optional(),
  networkCardIndex: z.int().optional(),
  subnetCidr: z.string().optional(),
  gateway: z.string().optional(),
  privateIpAddress: z.string().optional(),
  secondaryPrivateIpAddresses: z.array(z.string()).optional(),
  ipv6Addresses: z.array(z.string()).optional(),
  ipv4Prefixes: z.array(z.string()).optional(),
  ipv6Prefixes: z.array(z.string()).optional(),
  deleteOnTermination: z.boolean().optional(),
  /** The user's tags as last written, so that one taken out of the spec is taken off the ENI. */
  userTags: z.record(z.string(), z.string()).optional(),
  mtu: z.int().optional(),
  linkMode: z.enum(['Up', 'Addressed', 'Unmanaged']).optional(),
  linkName: linkNameSchema.optional(),
  link: linkSettingsSchema.optional(),
  dpdk: dpdkSettingsSchema.optional(),
  /** PCI address to advertise without binding, as the Go controller does when DPDK is off. */
  pciAddress: z.string().optional(),
  resourceName: z.string().optional(),
  growth: z.object({ from: z.int(), at: z.string() }).optional().meta({
    description:
      'How many IPv4 prefixes the ENI had when one more was last asked for because pods needed it, and when (ISO 8601).',
  }),
  podNetwork: podNetworkRecordSchema.optional().meta({
    description: 'The network for pods that the host is to offer on the interface.',
  }),
  host: z.enum(['SSM']).optional().meta({
    description: 'SSM: commands configure the host. Absent: the agent on it does.',
  }),
});

/** What the controller says of a slot. Never an input of the controller. */
export const slotStatusSchema = z.object({
  phase: z.enum(['Pending', 'Attached', 'Releasing', 'Retained', 'Skipped', 'Failed']),
  reason: z.string().meta({ description: 'One word for programs.' }),
  message: z.string().meta({ description: 'A sentence for people.' }),
  since: z.string().meta({ description: 'When phase or reason last changed (ISO 8601).' }),
  nodeEniGeneration: z.int().optional().meta({
    description: 'Generation of the NodeENI that was worked with when this was said.',
  }),
  askedDeviceIndex: z.int().optional().meta({
    description: 'The device index that is asked for, where the interface has another.',
  }),
});

/** How the whole instance stands, for the columns of kubectl. */
const stateSummarySchema = z.object({
  ready: z.string().meta({ description: 'Ready and desired interfaces: 1/2.' }),
  reason: z.string().meta({ description: 'Why the worst of its interfaces is as it is.' }),
  interfaces: z.int().meta({ description: 'How many interfaces are recorded.' }),
});

/** What the agent says of a slot. Counts only when `eniId` and `generation` are the current ones. */
export const hostStatusSchema = z.object({
  eniId: z.string(),
  generation: z.int().meta({ description: 'The generation of the slot that the host now obeys.' }),
  interfaceName: z.string().optional().meta({ description: 'Name of the link on the host.' }),
  pciAddress: z.string().optional(),
  mtu: z.int().optional(),
  driver: z.string().optional(),
  configured: z.boolean().optional().meta({ description: 'The host is as the slot asks.' }),
  released: z.boolean().optional().meta({ description: 'The host has let go of the device.' }),
  understood: z
    .object({ generation: z.int(), parts: z.array(z.string()) })
    .optional()
    .meta({
      description:
        'What the host took from the slot in that generation, beyond what every agent knows. What is not named here is not done.',
    }),
  inUseBy: z
    .string()
    .optional()
    .meta({ description: 'Who holds the device and delays its release.' }),
  podNetwork: podNetworkReportSchema.optional().meta({
    description: 'How the network for pods stands on the host.',
  }),
  reason: z.string().optional(),
  message: z.string().optional(),
});

export const nodeEniStateSpecSchema = z.object({
  nodeName: z.string().optional().meta({ description: 'The node, once it has registered.' }),
  missingSince: z.string().optional().meta({
    description:
      'First reconcile at which EC2 did not know the instance (ISO 8601); a later reconcile believes it.',
  }),
  nodeMissingSince: z.string().optional().meta({
    description:
      'First reconcile at which the Node was gone while the instance ran (ISO 8601); its interfaces are kept for ten minutes.',
  }),
  hostBootedAt: z.string().optional().meta({
    description:
      'Start of the instance (ISO 8601) since which the agent has reported; what it said before a later one is void.',
  }),
  hostCommand: hostCommandSchema.optional().meta({
    description: 'The last command to a host that is configured by Systems Manager.',
  }),
  offeredResources: z.array(z.string()).optional().meta({
    description:
      'Extended resources of the node that are ours, written before the node is. One of the same name that is not here is left alone.',
  }),
  interfaces: z.record(z.string(), slotSpecSchema).optional().meta({
    description: 'Keyed by slot: <NodeENI name>/<subnet id>.',
  }),
});

export const nodeEniStateStatusSchema = z.object({
  summary: stateSummarySchema.optional(),
  interfaces: z.record(z.string(), slotStatusSchema).optional().meta({
    description: 'What the controller says of each slot.',
  }),
  interfacesOmitted: z.int().optional().meta({
    description:
      'How many slots are left out of interfaces, so that the object does not grow too large.',
  }),
  host: z.record(z.string(), hostStatusSchema).optional().meta({
    description: 'What the agent on the host says of each slot.',
  }),
});

export type CreateParameters = z.infer<typeof createParametersSchema>;
export type BackOff = z.infer<typeof backOffSchema>;
export type SlotSpec = z.infer<typeof slotSpecSchema>;
export type StateSummary = z.infer<typeof stateSummarySchema>;
export type SlotStatus = z.infer<typeof slotStatusSchema>;
export type HostStatus = z.infer<typeof hostStatusSchema>;

/** The contract between controller and agent for one instance; named by the instance id. */
export interface NodeEniState {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion?: string;
  };
  readonly spec: z.infer<typeof nodeEniStateSpecSchema>;
  readonly status?: z.infer<typeof nodeEniStateStatusSchema>;
}

/** `<NodeENI name>/<subnet id>`: at most one ENI of ours exists for a slot of an instance. */
export type Slot = string;

export const slotOf = (nodeEniName: string, subnet: string): Slot => `${nodeEniName}/${subnet}`;

/** The NodeENI a slot belongs to. Object names cannot contain a slash, so the split is exact. */
export const nodeEniNameOf = (slot: Slot): string => slot.slice(0, slot.indexOf('/'));
