import { z } from 'zod';
import { MOST } from './bounds.ts';
import { labelSelectorOf } from './label-selector.ts';
import { networkModes, networkTypes } from './pod-network-state.ts';
import { validationsAt } from './rules.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** A DNS-1123 label: the name of a namespace, and all that Multus takes for a network (parsePodNetworkObjectName, multus-cni). */
const nameSchema = z
  .string()
  .max(MOST.labelCharacters)
  .regex(NAME, 'use lower case letters, digits and "-" only, at most 63');

const either = (one: RegExp, other: RegExp): RegExp => new RegExp(`${one.source}|${other.source}`);

const { cidrv4, cidrv6, ipv4, ipv6 } = z.regexes;

const routeSchema = z.object({
  dst: z
    .string()
    .max(MOST.cidrCharacters)
    .regex(either(cidrv4, cidrv6), 'this is no block of addresses: write 10.0.0.0/8')
    .meta({ description: 'Where the packets go that take this route: 10.0.0.0/8.' }),
  gw: z
    .string()
    .max(MOST.cidrCharacters)
    .regex(either(ipv4, ipv6), 'this is no address')
    .optional()
    .meta({ description: 'The next hop. Absent: the router of the subnet.' }),
});

/** A network for pods, made of the interface that a NodeENI puts on each node. */
export const podNetworkSchema = z
  .object({
    name: nameSchema.optional().meta({
      description:
        'Name of the network, and of its NetworkAttachmentDefinitions. Absent: the name of the NodeENI.',
    }),
    namespaces: z.array(nameSchema).optional().meta({
      maxItems: MOST.namespaces,
      description: 'The namespaces whose pods may use the network by its name.',
    }),
    namespaceSelector: labelSelectorOf('a namespace').optional().meta({
      description: 'The same by labels of the namespaces. An empty one selects every namespace.',
    }),
    type: networkTypes.default('ipvlan').meta({
      description:
        'ipvlan: pods share the link, each with an address of its own. host-device: one pod has the interface itself, with its address; the way for DPDK.',
    }),
    mode: networkModes.default('l2').meta({ description: 'The mode of ipvlan.' }),
    routes: z.array(routeSchema).optional().meta({
      maxItems: MOST.routes,
      description: 'Routes that each pod gets beside that of the subnet.',
    }),
    resourceName: z.string().optional().meta({
      maxLength: MOST.keyCharacters,
      description:
        'The resource by which a node offers its addresses to the scheduler. Absent: none, and a pod may come to a node that has no address left.',
    }),
    spare: z.int().min(0).max(MOST.spare).default(4).meta({
      description:
        'With prefixes: when fewer addresses than this are left on a node, it gets one more prefix. 0: never.',
    }),
  })
  .meta({
    description: 'Makes the interface a network for pods, with addresses that the VPC routes.',
    'x-kubernetes-validations': validationsAt('podNetwork'),
  });

/** True for a name that pods can ask for. That of a NodeENI may have dots, or be longer. */
export const isNetworkName = (name: string): boolean => nameSchema.safeParse(name).success;
