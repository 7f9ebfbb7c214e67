import { isRecord, type JsonRecord, recordOf } from './json-value.ts';

type Check = (self: unknown) => boolean;

const sizeOf = (value: unknown): number => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return Object.keys(recordOf(value)).length;
};

const onRecord =
  (check: (self: JsonRecord) => boolean): Check =>
  (self) =>
    isRecord(self) && check(self);

const selectsSomething = onRecord(({ nodeSelector, selector }) => {
  const { matchLabels, matchExpressions } = recordOf(selector);
  return sizeOf(nodeSelector) > 0 || sizeOf(matchLabels) > 0 || sizeOf(matchExpressions) > 0;
});

const namesSubnet = onRecord(
  ({ subnetID, subnetIDs, subnetName, subnetNames }) =>
    sizeOf(subnetID) + sizeOf(subnetIDs) + sizeOf(subnetName) + sizeOf(subnetNames) > 0,
);

const dpdkFlagsAgree = onRecord(
  ({ enableDPDK, dpdkEnabled }) =>
    enableDPDK === undefined || dpdkEnabled === undefined || enableDPDK === dpdkEnabled,
);

const isUsableMtu: Check = (self) => typeof self === 'number' && (self === 0 || self >= 68);

const RESERVED_PREFIXES = ['nodeeni.networking.k8s.aws/', 'aws:'];
const RESERVED_KEYS = new Set([
  'node.k8s.amazonaws.com/no_manage',
  'node.k8s.amazonaws.com/instance_id',
  'eks:eni:owner',
  'Name',
  'kubernetes.io/cluster/managed-by',
]);

const leavesReservedTags = onRecord((self) =>
  Object.keys(self).every(
    (key) => !RESERVED_KEYS.has(key) && !RESERVED_PREFIXES.some((prefix) => key.startsWith(prefix)),
  ),
);

/**
 * What each CEL rule of our schemas means, by the rule's own text: a rule that changes has no meaning here
 * until somebody writes it again.
 */
export const VALIDATION_RULES: ReadonlyMap<string, Check> = new Map([
  [
    '(has(self.nodeSelector) && self.nodeSelector.size() > 0) || (has(self.selector) && ((has(self.selector.matchLabels) && self.selector.matchLabels.size() > 0) || (has(self.selector.matchExpressions) && self.selector.matchExpressions.size() > 0)))',
    selectsSomething,
  ],
  [
    '(has(self.subnetID) && self.subnetID.size() > 0) || (has(self.subnetIDs) && self.subnetIDs.size() > 0) || (has(self.subnetName) && self.subnetName.size() > 0) || (has(self.subnetNames) && self.subnetNames.size() > 0)',
    namesSubnet,
  ],
  [
    '!has(self.enableDPDK) || !has(self.dpdkEnabled) || self.enableDPDK == self.dpdkEnabled',
    dpdkFlagsAgree,
  ],
  ['self == 0 || self >= 68', isUsableMtu],
  [
    'self.all(k, !k.startsWith("nodeeni.networking.k8s.aws/") && !k.startsWith("aws:") && k != "node.k8s.amazonaws.com/no_manage" && k != "node.k8s.amazonaws.com/instance_id" && k != "eks:eni:owner" && k != "Name" && k != "kubernetes.io/cluster/managed-by")',
    leavesReservedTags,
  ],
]);

/** The meaning of a rule. Throws for one that has none, so that no rule is passed over in silence. */
export const checkOf = (rule: string): Check => {
  const check = VALIDATION_RULES.get(rule);
  if (check === undefined) throw new Error(`the CEL rule has no implementation here: ${rule}`);
  return check;
};
