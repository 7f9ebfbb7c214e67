import type { Rule } from './rule.ts';

/** The fields that these rules look at. What the API server has filled in may be missing here. */
export interface NetworkedSpec {
  readonly enableDPDK?: boolean | undefined;
  readonly dpdkEnabled?: boolean | undefined;
  readonly host?: string | undefined;
  readonly secondaryPrivateIPAddressCount?: number | undefined;
  readonly ipv6AddressCount?: number | undefined;
  readonly ipv4PrefixCount?: number | undefined;
  readonly ipv6PrefixCount?: number | undefined;
  readonly podNetwork?:
    | {
        readonly namespaces?: readonly string[] | undefined;
        readonly namespaceSelector?:
          | { readonly matchExpressions?: readonly unknown[] | undefined }
          | undefined;
        readonly type?: string | undefined;
        readonly resourceName?: string | undefined;
      }
    | undefined;
}

const isShared = ({ podNetwork }: NetworkedSpec): boolean =>
  podNetwork !== undefined && (podNetwork.type ?? 'ipvlan') === 'ipvlan';

const isForDpdk = ({ enableDPDK, dpdkEnabled }: NetworkedSpec): boolean =>
  enableDPDK === true || dpdkEnabled === true;

const ADDRESS_FIELDS = [
  ...(['ipv4PrefixCount', 'secondaryPrivateIPAddressCount'] as const),
  ...(['ipv6PrefixCount', 'ipv6AddressCount'] as const),
];

const IS_NOT_SHARED =
  '!has(self.podNetwork) || (has(self.podNetwork.type) && self.podNetwork.type != "ipvlan")';

/** The longest part of a resource's name that stands behind its prefix ("Labels and Selectors", kubernetes.io). */
const RESOURCE_NAME =
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';

/** "Extended resources", Managing Resources for Containers, kubernetes.io: not of the domain of Kubernetes itself. */
const isExtendedResource = (name: string): boolean =>
  new RegExp(RESOURCE_NAME).test(name) &&
  !name.includes('kubernetes.io/') &&
  !name.startsWith('requests.');

const hasValues = ({ values = [] }: { readonly values?: readonly unknown[] }): boolean =>
  values.length > 0;

const isHalf = (requirement: unknown): boolean => {
  const { operator, ...rest } = (requirement ?? {}) as { readonly operator?: unknown };
  return (operator === 'In' || operator === 'NotIn') !== hasValues(rest);
};

/** What the schema of `podNetwork` cannot say. */
export const POD_NETWORK_RULES: readonly Rule<NetworkedSpec>[] = [
  {
    path: 'podNetwork',
    rule: '(has(self.namespaces) && self.namespaces.size() > 0) != has(self.namespaceSelector)',
    message:
      'write the namespaces of the network either in namespaces or by namespaceSelector, which selects every one when it is empty',
    isBroken: ({ podNetwork }) =>
      podNetwork !== undefined &&
      (podNetwork.namespaces ?? []).length > 0 === (podNetwork.namespaceSelector !== undefined),
  },
  {
    path: 'podNetwork',
    rule: '!has(self.namespaceSelector) || !has(self.namespaceSelector.matchExpressions) || self.namespaceSelector.matchExpressions.all(e, (e.operator == "In" || e.operator == "NotIn") == (has(e.values) && e.values.size() > 0))',
    message: 'in namespaceSelector, In and NotIn need values; Exists and DoesNotExist take none',
    isBroken: ({ podNetwork }) =>
      (podNetwork?.namespaceSelector?.matchExpressions ?? []).some(isHalf),
  },
  {
    path: 'podNetwork',
    rule: `!has(self.resourceName) || (self.resourceName.matches('${RESOURCE_NAME.replaceAll('\\', '\\\\')}') && !self.resourceName.contains("kubernetes.io/") && !self.resourceName.startsWith("requests."))`,
    message:
      'resourceName is no extended resource: write a domain of your own, a slash and a name of at most 63 characters, like nodeeni.networking.k8s.aws/user-plane',
    isBroken: ({ podNetwork }) =>
      podNetwork?.resourceName !== undefined && !isExtendedResource(podNetwork.resourceName),
  },
  {
    path: '',
    rule: `${IS_NOT_SHARED} || !((has(self.enableDPDK) && self.enableDPDK) || (has(self.dpdkEnabled) && self.dpdkEnabled))`,
    message:
      'with DPDK there is no link of the kernel that pods could share: write podNetwork.type: host-device',
    isBroken: (spec) => isShared(spec) && isForDpdk(spec),
  },
  {
    path: '',
    rule: `${IS_NOT_SHARED} || ${ADDRESS_FIELDS.map((field) => `(has(self.${field}) && self.${field} > 0)`).join(' || ')}`,
    message:
      'podNetwork has no addresses for pods: write ipv4PrefixCount: 1, or another of ipv4PrefixCount, secondaryPrivateIPAddressCount, ipv6PrefixCount, ipv6AddressCount',
    isBroken: (spec) =>
      isShared(spec) && ADDRESS_FIELDS.every((field) => !((spec[field] ?? 0) > 0)),
  },
  {
    path: '',
    rule: '!has(self.podNetwork) || !has(self.host) || self.host != "SSM"',
    message:
      'podNetwork needs the agent on the host, which knows when pods use it: take host: SSM out',
    isBroken: ({ podNetwork, host }) => podNetwork !== undefined && host === 'SSM',
  },
];
