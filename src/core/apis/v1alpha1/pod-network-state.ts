import { z } from 'zod';

/** How a pod gets the interface ("ipvlan plugin" and "host-device plugin", cni.dev). */
export const networkTypes = z.enum(['ipvlan', 'host-device']);
export const networkModes = z.enum(['l2', 'l3', 'l3s']);

/** What a host needs to know to offer a slot as a network: a part of the record of the slot. */
export const podNetworkRecordSchema = z.object({
  name: z.string().meta({ description: 'Name of the network, as pods ask for it.' }),
  type: networkTypes,
  mode: networkModes.optional().meta({ description: 'The mode of ipvlan.' }),
  routes: z.array(z.object({ dst: z.string(), gw: z.string().optional() })).optional(),
  resourceName: z.string().optional(),
  spare: z.int().optional().meta({
    description: 'With fewer addresses left than this, the host reports how many are in use.',
  }),
  subnets: z
    .array(
      z.object({
        cidr: z
          .string()
          .meta({ description: 'The block of the subnet: its mask is that of a pod.' }),
        gateway: z.string(),
        ranges: z.array(z.string()).meta({
          description:
            'The addresses for pods, as blocks: prefixes (/28, /80), single ones (/32, /128).',
        }),
      }),
    )
    .meta({ description: 'One for each family of addresses; a pod gets an address of each.' }),
});

export type PodNetworkRecord = z.infer<typeof podNetworkRecordSchema>;

/** What a host says of the network of a slot. It counts with the row that it is a part of. */
export const podNetworkReportSchema = z.object({
  state: z.enum(['Ready', 'NotReady']).meta({
    description: 'Ready: a pod that asks for the network on this node gets it.',
  }),
  reason: z.string().meta({ description: 'One word for programs.' }),
  message: z.string().meta({ description: 'A sentence for people.' }),
  addresses: z.int().meta({ description: 'How many pods the network has addresses for.' }),
  addressesInUse: z.int().meta({
    description:
      'How many pods had one when this was written, which a pod that starts or ends is no reason for.',
  }),
});

export type PodNetworkReport = z.infer<typeof podNetworkReportSchema>;
