/** What a schema cannot say of a NodeENI's spec: as CEL for the API server, and as code for everybody else. */
export interface Rule<T> {
  /** CEL, with `self` for the spec ("Validation rules", CustomResourceDefinitions, kubernetes.io). */
  readonly rule: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
  isBroken(spec: T): boolean;
}

interface SpecLike {
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
  readonly enableDPDK?: boolean | undefined;
  readonly dpdkEnabled?: boolean | undefined;
}

const size = (value: object | string | undefined): number =>
  typeof value === 'string' ? value.length : Object.keys(value ?? {}).length;

/** The rules over a whole spec. An object stored before a rule existed keeps working and says so in a condition. */
export const NODE_ENI_RULES: readonly Rule<SpecLike>[] = [
  {
    rule: '(has(self.nodeSelector) && self.nodeSelector.size() > 0) || (has(self.selector) && ((has(self.selector.matchLabels) && self.selector.matchLabels.size() > 0) || (has(self.selector.matchExpressions) && self.selector.matchExpressions.size() > 0)))',
    message:
      'an empty selector would mean every node: write at least one label in nodeSelector, or a matchLabels or matchExpressions in selector',
    isBroken: ({ nodeSelector, selector }) =>
      size(nodeSelector) + size(selector?.matchLabels) + size(selector?.matchExpressions) === 0,
  },
  {
    rule: '(has(self.subnetID) && self.subnetID.size() > 0) || (has(self.subnetIDs) && self.subnetIDs.size() > 0) || (has(self.subnetName) && self.subnetName.size() > 0) || (has(self.subnetNames) && self.subnetNames.size() > 0)',
    message: 'no subnet: write one of subnetID, subnetIDs, subnetName, subnetNames',
    isBroken: ({ subnetID, subnetIDs, subnetName, subnetNames }) =>
      size(subnetID) + size(subnetIDs) + size(subnetName) + size(subnetNames) === 0,
  },
  {
    rule: '!has(self.enableDPDK) || !has(self.dpdkEnabled) || self.enableDPDK == self.dpdkEnabled',
    message: 'enableDPDK and dpdkEnabled say opposite things: write one of them',
    isBroken: ({ enableDPDK, dpdkEnabled }) =>
      enableDPDK !== undefined && dpdkEnabled !== undefined && enableDPDK !== dpdkEnabled,
  },
];
