import type { Rule } from './rule.ts';

export interface LinkSpec {
  readonly link?:
    | { readonly offloads?: object | undefined; readonly sysctls?: object | undefined }
    | undefined;
}

/** Each link has a folder of its own in these ("ip-sysctl", Linux). */
const SYSCTL_PREFIXES = ['ipv4.conf', 'ipv4.neigh', 'ipv6.conf', 'ipv6.neigh'].map(
  (folder) => `net.${folder}.IFNAME.`,
);
const LONGEST_SETTING_NAME = 96;

const isSysctlOfLink = (key: string): boolean =>
  SYSCTL_PREFIXES.some((prefix) => key.startsWith(prefix));

const SYSCTLS_RULE = `!has(self.sysctls) || self.sysctls.all(k, ${SYSCTL_PREFIXES.map(
  (prefix) => `k.startsWith("${prefix}")`,
).join(' || ')})`;

/** The agent's own: a router of the subnet would give the host a second default route. */
const ACCEPT_RA = 'net.ipv6.conf.IFNAME.accept_ra';

const isTooLong = (key: string): boolean => [...key].length > LONGEST_SETTING_NAME;

/** What the schema of `link` cannot say of the keys of its maps. */
export const LINK_RULES: readonly Rule<LinkSpec>[] = [
  {
    path: 'link',
    rule: SYSCTLS_RULE,
    message:
      'sysctls are settings of a link: write net.ipv4.conf.IFNAME.… (or ipv6, or neigh), with IFNAME for the name of the link',
    isBroken: ({ link }) => !Object.keys(link?.sysctls ?? {}).every(isSysctlOfLink),
  },
  {
    path: 'link',
    rule: `!has(self.sysctls) || !("${ACCEPT_RA}" in self.sysctls)`,
    message: `${ACCEPT_RA} is not yours to set: the agent keeps it 0, or the host would get a second default route`,
    isBroken: ({ link }) => ACCEPT_RA in (link?.sysctls ?? {}),
  },
  {
    path: 'link',
    rule: `(!has(self.sysctls) || self.sysctls.all(k, k.size() <= ${LONGEST_SETTING_NAME})) && (!has(self.offloads) || self.offloads.all(k, k.size() <= ${LONGEST_SETTING_NAME}))`,
    message: `the name of a setting is too long: at most ${LONGEST_SETTING_NAME} characters`,
    isBroken: ({ link }) =>
      [link?.sysctls, link?.offloads].some((map) => Object.keys(map ?? {}).some(isTooLong)),
  },
];
