import type { Machine } from './machine.ts';

/** A link that nodeadm gives to systemd-networkd: during a boot, and of the ENIs that are attached then. */
export interface NodeadmLink {
  readonly link: string;
  readonly macAddress: string;
  /** 512 for the primary interface; more by the index of the others. */
  readonly metric: number;
  /** Absent for the primary interface. */
  readonly policy?: { readonly table: number; readonly address: string };
}

const policyText = ({ table, address }: NonNullable<NodeadmLink['policy']>): string => `
[Route]
Table=${table}
Gateway=_dhcp4
[RoutingPolicyRule]
From=${address}
Table=${table}
Priority=32765`;

/** What nodeadm of the EKS AMI renders for a link (eks-managed.network, amazon-eks-ami), without what has no effect here. */
const fileText = ({ macAddress, metric, policy }: NodeadmLink): string => `[Match]
PermanentMACAddress=${macAddress}
[Network]
DHCP=yes
IPv6DuplicateAddressDetection=0
LLMNR=no
[DHCPv4]
UseHostname=no
UseDNS=yes
RouteMetric=${metric}
UseRoutes=true
UseGateway=true
[DHCPv6]
UseHostname=no
WithoutRA=solicit${policy ? policyText(policy) : ''}
`;

/** Plays nodeadm at a boot. What it does, it does below /run. */
export const renderNodeadmFiles = async (
  { tell }: Machine,
  links: readonly NodeadmLink[],
): Promise<void> => {
  await tell(`mkdir -p /run/systemd/network /etc/systemd/networkd.conf.d
    printf '[Network]\\nManageForeignRoutes=no\\nManageForeignRoutingPolicyRules=no\\n' > /etc/systemd/networkd.conf.d/80-release.conf`);
  for (const link of links)
    await tell(`cat > /run/systemd/network/70-eks-${link.link}.network <<'END'
${fileText(link)}END`);
};

/** How systemd-networkd calls its part in a link: `configured`, `unmanaged`, … */
const administrativeStates = async ({
  tell,
}: Machine): Promise<Readonly<Record<string, string>>> => {
  // Polled: few programs, since each costs the guest a tenth of a second.
  const text = await tell(`ip -o link; grep -H '^ADMIN_STATE=' /run/systemd/netif/links/*`);
  const names = new Map(
    [...text.matchAll(/^(\d+): ([^:@]+)/gm)].map(([, index = '', name = '']) => [index, name]),
  );
  const states = text.matchAll(/^\S*\/(\d+):ADMIN_STATE=(.*)$/gm);
  return Object.fromEntries(
    [...states].map(([, index = '', state = '']) => [names.get(index) ?? index, state]),
  );
};

/**
 * The links for which nodeadm-boot-hook still waits, each with its state: at each boot, before the kubelet, and for a minute at
 * most, until what nodeadm gave to systemd-networkd is configured (system/networking.go, amazon-eks-ami).
 */
export const bootHookWaitsFor = async (
  machine: Machine,
  links: readonly string[],
): Promise<readonly string[]> => {
  const states = await administrativeStates(machine);
  return links
    .filter((link) => states[link] !== 'configured')
    .map((link) => `${link} is ${states[link]}`);
};
