import { LINK_RULES, type LinkSpec } from './link-rules.ts';
import { type NetworkedSpec, POD_NETWORK_RULES } from './pod-network-rules.ts';
import type { Rule } from './rule.ts';

/** The fields that rules look at, so that this file and the schema it completes do not import each other. */
interface SpecLike extends LinkSpec, NetworkedSpec {
  readonly nodeSelector?: object | undefined;
  readonly selector?:
    | {
        readonly matchLabels?: object | undefined;
        readonly matchExpressions?: readonly unknown[] | undefined;
      }
    | undefined;
  readonly subnetID?: string | undefined;
  readonly subnetIDs?: readonly string[] | undefined;
  readonly subnetName?: string | undefined;
  readonly subnetNames?: readonly string[] | undefined;
  readonly mtu?: number | undefined;
  readonly tags?: object | undefined;
}

const size = (value: object | string | undefined): number =>
  typeof value === 'string' ? value.length : Object.keys(value ?? {}).length;

/** RFC 791: every link carries 68 octets. */
const SMALLEST_MTU = 68;

const RESERVED_PREFIXES = ['nodeeni.networking.k8s.aws/', 'aws:'];
const RESERVED_KEYS = [
  'node.k8s.amazonaws.com/no_manage',
  'node.k8s.amazonaws.com/instance_id',
  'eks:eni:owner',
  'Name',
  'kubernetes.io/cluster/managed-by',
];

/** "Tag your Amazon EC2 resources", Amazon EC2 User Guide: 50 tags a resource, of which up to ten are our own. */
const MOST_TAGS = 40;
const LONGEST_TAG_KEY = 128;
const LONGEST_TAG_VALUE = 256;

const isReserved = (key: string): boolean =>
  RESERVED_KEYS.includes(key) || RESERVED_PREFIXES.some((prefix) => key.startsWith(prefix));

interface Tagged {
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * The tags that a NodeENI may ask for. An object stored before the rule below may ask for more: those would take away
 * the tags by which its ENIs are ours.
 */
export const userTagsOf = ({ tags }: Tagged): Record<string, string> =>
  Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => !isReserved(key)));

const RESERVED_TAGS_RULE = `self.all(k, ${[
  ...RESERVED_PREFIXES.map((prefix) => `!k.startsWith("${prefix}")`),
  ...RESERVED_KEYS.map((key) => `k != "${key}"`),
].join(' && ')})`;

interface Requirement {
  readonly operator?: unknown;
  readonly values?: object;
}

/** "Resources that support set-based requirements", Labels and Selectors, kubernetes.io. */
const isHalf = (requirement: unknown): boolean => {
  const { operator, values } = (requirement ?? {}) as Requirement;
  return (operator === 'In' || operator === 'NotIn') !== size(values) > 0;
};

/** The rules of a NodeENI's spec. An object stored before a rule existed keeps working and says so in a condition. */
export const NODE_ENI_RULES: readonly Rule<SpecLike>[] = [
  {
    path: '',
    rule: '(has(self.nodeSelector) && self.nodeSelector.size() > 0) || (has(self.selector) && ((has(self.selector.matchLabels) && self.selector.matchLabels.size() > 0) || (has(self.selector.matchExpressions) && self.selector.matchExpressions.size() > 0)))',
    message:
      'an empty selector would mean every node: write at least one label in nodeSelector, or a matchLabels or matchExpressions in selector',
    isBroken: ({ nodeSelector, selector }) =>
      size(nodeSelector) + size(selector?.matchLabels) + size(selector?.matchExpressions) === 0,
  },
  {
    path: '',
    rule: '(has(self.subnetID) && self.subnetID.size() > 0) || (has(self.subnetIDs) && self.subnetIDs.size() > 0) || (has(self.subnetName) && self.subnetName.size() > 0) || (has(self.subnetNames) && self.subnetNames.size() > 0)',
    message: 'no subnet: write one of subnetID, subnetIDs, subnetName, subnetNames',
    isBroken: ({ subnetID, subnetIDs, subnetName, subnetNames }) =>
      size(subnetID) + size(subnetIDs) + size(subnetName) + size(subnetNames) === 0,
  },
  {
    path: '',
    rule: '!has(self.enableDPDK) || !has(self.dpdkEnabled) || self.enableDPDK == self.dpdkEnabled',
    message: 'enableDPDK and dpdkEnabled say opposite things: write one of them',
    isBroken: ({ enableDPDK, dpdkEnabled }) =>
      enableDPDK !== undefined && dpdkEnabled !== undefined && enableDPDK !== dpdkEnabled,
  },
  {
    path: 'selector',
    rule: '!has(self.matchExpressions) || self.matchExpressions.all(e, (e.operator == "In" || e.operator == "NotIn") == (has(e.values) && e.values.size() > 0))',
    message: 'In and NotIn need values; Exists and DoesNotExist take none',
    isBroken: ({ selector }) =>
      Array.isArray(selector?.matchExpressions) && selector.matchExpressions.some(isHalf),
  },
  {
    path: 'mtu',
    rule: `self == 0 || self >= ${SMALLEST_MTU}`,
    message: 'mtu must be 0 (leave alone) or 68 to 9216',
    isBroken: ({ mtu = 0 }) => mtu !== 0 && mtu < SMALLEST_MTU,
  },
  {
    path: 'tags',
    rule: RESERVED_TAGS_RULE,
    message:
      'a tag key is reserved: aws:*, nodeeni.networking.k8s.aws/*, Name and the owner tags of other controllers are not yours to set',
    isBroken: ({ tags }) => Object.keys(tags ?? {}).some(isReserved),
  },
  {
    path: 'tags',
    rule: `self.size() <= ${MOST_TAGS} && self.all(k, k.size() <= ${LONGEST_TAG_KEY} && self[k].size() <= ${LONGEST_TAG_VALUE})`,
    message: `too many or too long tags: at most ${MOST_TAGS}, since EC2 takes 50 and some are ours, with keys of ${LONGEST_TAG_KEY} and values of ${LONGEST_TAG_VALUE} characters`,
    isBroken: ({ tags }) =>
      size(tags) > MOST_TAGS ||
      Object.entries(tags ?? {}).some(
        ([key, value]) =>
          [...key].length > LONGEST_TAG_KEY || [...String(value)].length > LONGEST_TAG_VALUE,
      ),
  },
  ...LINK_RULES,
  ...POD_NETWORK_RULES,
];

/** The rules of one field (or, with the empty path, of the whole spec) as a CRD's schema carries them. */
export const validationsAt = (
  path: string,
): { readonly rule: string; readonly message: string }[] =>
  NODE_ENI_RULES.filter((rule) => rule.path === path).map(({ rule, message }) => ({
    rule,
    message,
  }));
