/** What EC2 remembers of things, in the simulator's own words. Mutable: it is the world. */
export interface SimulatedAttachment {
  readonly attachmentId: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly networkCardIndex: number;
  status: 'attaching' | 'attached' | 'detaching';
  deleteOnTermination: boolean;
  /** Absent for what was attached by hand. */
  readonly attachTime?: Date;
}

export interface SimulatedInterface {
  readonly eniId: string;
  readonly subnetId: string;
  readonly macAddress: string;
  /** None in an IPv6-only subnet. */
  readonly privateIpAddress: string | undefined;
  readonly secondaryPrivateIpAddresses: string[];
  readonly ipv6Addresses: string[];
  readonly ipv4Prefixes: string[];
  readonly ipv6Prefixes: string[];
  readonly createdAt: number;
  groupIds: string[];
  description: string;
  sourceDestCheck: boolean;
  readonly tags: Map<string, string>;
  attachment: SimulatedAttachment | undefined;
}

export interface SimulatedInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly privateDnsName: string;
  readonly tags: Map<string, string>;
  readonly operator: string | undefined;
  launchTime: Date;
  state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
}

/** A part of a subnet that is set aside: for prefixes, or for addresses that somebody names ("Subnet CIDR reservations", Amazon VPC User Guide). */
export interface CidrReservation {
  readonly cidr: string;
  readonly type: 'prefix' | 'explicit';
}

export interface SimulatedSubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  /** None in an IPv6-only subnet. */
  readonly cidr: string | undefined;
  readonly ipv6Cidr: string | undefined;
  /** The Outpost on which it and its instances are. */
  readonly outpostArn: string | undefined;
  readonly reservations: CidrReservation[];
  readonly tags: Map<string, string>;
}

export interface SimulatedGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
  readonly tags: Map<string, string>;
}

/** One account and region. */
export interface Ec2World {
  readonly subnets: Map<string, SimulatedSubnet>;
  readonly groups: Map<string, SimulatedGroup>;
  /** By group, the other VPCs in which it may be used. */
  readonly associations: Map<string, readonly string[]>;
  readonly instances: Map<string, SimulatedInstance>;
  readonly interfaces: Map<string, SimulatedInterface>;
  /** Answers given to client tokens: input and the ENI made. */
  readonly clientTokens: Map<string, { readonly input: string; readonly answer: object }>;
}

export const createEc2World = (): Ec2World => ({
  subnets: new Map(),
  groups: new Map(),
  associations: new Map(),
  instances: new Map(),
  interfaces: new Map(),
  clientTokens: new Map(),
});

const byDeviceIndex = (left: SimulatedInterface, right: SimulatedInterface): number =>
  (left.attachment?.deviceIndex ?? 0) - (right.attachment?.deviceIndex ?? 0);

/** Interfaces that sit on an instance, in the order of their indexes. */
export const interfacesOn = (world: Ec2World, instanceId: string): SimulatedInterface[] =>
  [...world.interfaces.values()]
    .filter(({ attachment }) => attachment?.instanceId === instanceId)
    .toSorted(byDeviceIndex);

/** The same for many instances, by their ids: an answer about thousands looks at each interface once. */
export const interfacesOnEach = (
  world: Ec2World,
  instanceIds: readonly string[],
): ReadonlyMap<string | undefined, readonly SimulatedInterface[]> => {
  const asked = new Set<string | undefined>(instanceIds);
  const found = [...world.interfaces.values()].filter(({ attachment }) =>
    asked.has(attachment?.instanceId),
  );
  return Map.groupBy(found.toSorted(byDeviceIndex), ({ attachment }) => attachment?.instanceId);
};
