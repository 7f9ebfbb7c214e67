import { z } from 'zod';

/** The exact parameters of one CreateNetworkInterface call, kept so that a retry replays the same bytes. */
export const createParametersSchema = z.object({
  /** ISO time at which this incarnation was decided; also the created-at tag, since EC2 tells no creation time. */
  incarnation: z.string(),
  clientToken: z.string(),
  subnetId: z.string(),
  groupIds: z.array(z.string()),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
  secondaryPrivateIpAddressCount: z.int().optional(),
  ipv6AddressCount: z.int().optional(),
});

/** A refusal by EC2 that cannot be foreseen from describes; tried again only after `until`. */
export const backOffSchema = z.object({
  reason: z.string(),
  message: z.string(),
  until: z.string(),
  failures: z.int(),
});

const dpdkWishSchema = z.object({
  driver: z.string(),
  resourceName: z.string().optional(),
  pciAddress: z.string().optional(),
});

/** One slot: what the agent is to make true on the host, and what the controller must remember to stay idempotent. */
export const slotSpecSchema = z.object({
  nodeEniUid: z.string(),
  subnetId: z.string(),
  phase: z.enum(['Present', 'Releasing']),
  /** When the slot began to be released (ISO). */
  releasingSince: z.string().optional(),
  /** Counts the changes an agent must acknowledge. */
  generation: z.int(),
  create: createParametersSchema.optional(),
  backOff: backOffSchema.optional(),
  eniId: z.string().optional(),
  macAddress: z.string().optional(),
  deviceIndex: z.int().optional(),
  networkCardIndex: z.int().optional(),
  subnetCidr: z.string().optional(),
  gateway: z.string().optional(),
  privateIpAddress: z.string().optional(),
  secondaryPrivateIpAddresses: z.array(z.string()).optional(),
  ipv6Addresses: z.array(z.string()).optional(),
  deleteOnTermination: z.boolean().optional(),
  /** The user's tags as last written, so that one taken out of the spec is taken off the ENI. */
  userTags: z.record(z.string(), z.string()).optional(),
  mtu: z.int().optional(),
  linkMode: z.enum(['Up', 'Unmanaged']).optional(),
  dpdk: dpdkWishSchema.optional(),
  /** PCI address to advertise without binding, as the Go controller does when DPDK is off. */
  pciAddress: z.string().optional(),
  resourceName: z.string().optional(),
});

/** What the controller says of a slot. Never an input of the controller. */
export const slotStatusSchema = z.object({
  phase: z.enum(['Pending', 'Attached', 'Releasing', 'Retained', 'Skipped', 'Failed']),
  reason: z.string(),
  message: z.string(),
  since: z.string(),
});

/** What the agent says of a slot. Counts only when `eniId` and `generation` are the current ones. */
export const hostStatusSchema = z.object({
  eniId: z.string(),
  generation: z.int(),
  interfaceName: z.string().optional(),
  pciAddress: z.string().optional(),
  mtu: z.int().optional(),
  driver: z.string().optional(),
  configured: z.boolean().optional(),
  released: z.boolean().optional(),
  inUseBy: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

export const nodeEniStateSpecSchema = z.object({
  nodeName: z.string().optional(),
  /** First look at which EC2 did not know the instance (ISO); a later look believes it. */
  missingSince: z.string().optional(),
  interfaces: z.record(z.string(), slotSpecSchema).optional().meta({
    description: 'Keyed by slot: <NodeENI name>/<subnet id>.',
  }),
});

export const nodeEniStateStatusSchema = z.object({
  interfaces: z.record(z.string(), slotStatusSchema).optional(),
  host: z.record(z.string(), hostStatusSchema).optional(),
});

export type CreateParameters = z.infer<typeof createParametersSchema>;
export type BackOff = z.infer<typeof backOffSchema>;
export type SlotSpec = z.infer<typeof slotSpecSchema>;
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
