/** What whoever installed it decided, the same for every instance. */
export interface InstallationSettings {
  /** The VPCs in whose subnets interfaces may be made. Absent: any by its id, and by its name only the instance's own. */
  readonly vpcIds?: readonly string[];
  /** True: ENIs carry the tags of the Go controller's names, too. */
  readonly hasLegacyTags?: boolean;
}
