import type { CreateParameters } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Cause } from './cause.ts';
import type { Page } from './page.ts';

/** States of an instance ("Amazon EC2 instance state changes", EC2 User Guide). */
export type InstanceState =
  | 'pending'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'shutting-down'
  | 'terminated';

/** An interface as DescribeInstances lists it: ours, the primary and everybody else's. */
export interface InstanceInterface {
  readonly eniId: string;
  readonly attachmentId: string;
  readonly deviceIndex: number;
  readonly networkCardIndex: number;
  readonly status: 'attaching' | 'attached' | 'detaching' | 'detached';
  readonly deleteOnTermination: boolean;
}

export interface Instance {
  readonly instanceId: string;
  readonly state: InstanceState;
  readonly instanceType: string;
  readonly vpcId: string;
  readonly zone: string;
  /** The Outpost it runs on; absent in the region. */
  readonly outpostArn?: string;
  readonly privateDnsName: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly launchTime: Date;
  readonly interfaces: readonly InstanceInterface[];
  /** Principal of a managed operator (EKS Auto Mode), whose instances refuse our calls. */
  readonly operator?: string;
}

export interface NetworkInterfaceAttachment {
  readonly attachmentId: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly networkCardIndex: number;
  readonly status: 'attaching' | 'attached' | 'detaching' | 'detached';
  readonly deleteOnTermination: boolean;
  /** When the attachment began, where EC2 tells. */
  readonly attachedAt?: Date;
}

export interface NetworkInterface {
  readonly eniId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly status: 'available' | 'associated' | 'attaching' | 'in-use' | 'detaching';
  readonly macAddress: string;
  /** Absent in an IPv6-only subnet. */
  readonly privateIpAddress?: string;
  readonly secondaryPrivateIpAddresses: readonly string[];
  readonly ipv6Addresses: readonly string[];
  /** Blocks of addresses that are the ENI's as a whole, /28 and /80. Absent: none. */
  readonly ipv4Prefixes?: readonly string[];
  readonly ipv6Prefixes?: readonly string[];
  readonly groupIds: readonly string[];
  readonly description: string;
  readonly sourceDestCheck: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly attachment?: NetworkInterfaceAttachment;
}

/** How many addresses and prefixes an ENI is to get. */
export interface AddressCounts {
  readonly secondaryPrivateIpAddressCount?: number | undefined;
  readonly ipv6AddressCount?: number | undefined;
  readonly ipv4PrefixCount?: number | undefined;
  readonly ipv6PrefixCount?: number | undefined;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  /** The Outpost it lies on; absent in the region. Its zone is the one that the Outpost hangs on. */
  readonly outpostArn?: string;
  /** Absent in an IPv6-only subnet ("Ipv6Native", CreateSubnet). */
  readonly cidr?: string;
  /** Whether a block of IPv6 is associated with it, as far as is known. */
  readonly hasIpv6: boolean;
  /** That block (/64), where EC2 tells it. */
  readonly ipv6Cidr?: string;
  /** Of IPv4; none in an IPv6-only subnet. */
  readonly availableAddresses: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
  /** Other VPCs in which it may be used, where that was asked ("AssociateSecurityGroupVpc"). */
  readonly associatedVpcIds?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** How many interfaces an instance type takes, per network card ("DescribeInstanceTypes", NetworkInfo). */
export interface InstanceTypeLimits {
  readonly instanceType: string;
  readonly maximumNetworkInterfaces: number;
  /** Per card index. */
  readonly networkCards: readonly number[];
  /** Addresses of one interface; absent where EC2 tells none. */
  readonly ipv4AddressesPerInterface?: number;
  readonly ipv6AddressesPerInterface?: number;
  /** True for a type that is not built on Nitro, as far as EC2 tells. */
  readonly isXen?: boolean;
}

/** Ids and names that some NodeENIs refer to. */
export interface References {
  readonly ids: readonly string[];
  readonly names: readonly string[];
}

/** Instances, by filter so that one unknown id fails nobody. */
export interface InstanceProvider {
  /** Instances that EC2 does not know are absent from the map. */
  get(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Instance>>;
  /** Every instance that carries the cluster's tag and is not terminated, paged. */
  list(): Promise<readonly Instance[]>;
  /** A part of that list. Throws `CallError` for a `next` that EC2 knows no more. */
  page(next?: string): Promise<Page<Instance>>;
}

/**
 * The ENIs of this cluster, and the calls that change them. Every changing call asks the request budget
 * first and throws `CallError` Throttled when it is spent; it leaves a line in the log, with its cause.
 */
export interface NetworkInterfaceProvider {
  /** Ours (cluster and cluster-uid tag) with one of these instance tags. */
  listForInstances(instanceIds: readonly string[]): Promise<readonly NetworkInterface[]>;
  /** Ours with this NodeENI uid tag. */
  listForNodeEni(uid: string): Promise<readonly NetworkInterface[]>;
  /** All of ours, paged. */
  list(): Promise<readonly NetworkInterface[]>;
  /** A part of that list. Throws `CallError` for a `next` that EC2 knows no more. */
  page(next?: string): Promise<Page<NetworkInterface>>;
  /** Any ENIs by id, ours or not; unknown ids are absent. */
  get(eniIds: readonly string[]): Promise<readonly NetworkInterface[]>;
  /** ENIs with the Go controller's tags and without ours; cached for five seconds. */
  listPeer(): Promise<readonly NetworkInterface[]>;
  create(parameters: CreateParameters, cause: Cause): Promise<NetworkInterface>;
  /** Returns the attachment id. */
  attach(
    input: {
      readonly eniId: string;
      readonly instanceId: string;
      readonly deviceIndex: number;
      readonly networkCardIndex: number;
    },
    cause: Cause,
  ): Promise<string>;
  setDeleteOnTermination(
    input: { readonly eniId: string; readonly attachmentId: string; readonly value: boolean },
    cause: Cause,
  ): Promise<void>;
  setGroups(eniId: string, groupIds: readonly string[], cause: Cause): Promise<void>;
  setDescription(eniId: string, description: string, cause: Cause): Promise<void>;
  setSourceDestCheck(eniId: string, value: boolean, cause: Cause): Promise<void>;
  /** Adds what one of the counts says; a call takes no more than one ("AssignPrivateIpAddresses"). */
  assignAddresses(eniId: string, counts: AddressCounts, cause: Cause): Promise<void>;
  setTags(eniId: string, tags: Readonly<Record<string, string>>, cause: Cause): Promise<void>;
  removeTags(eniId: string, keys: readonly string[], cause: Cause): Promise<void>;
  /** Takes these tags off, each only while it has this value: the ENI may be another cluster's by now. */
  giveUp(eniId: string, tags: Readonly<Record<string, string>>, cause: Cause): Promise<void>;
  detach(attachmentId: string, cause: Cause): Promise<void>;
  delete(eniId: string, cause: Cause): Promise<void>;
}

/** A look-up reads past what is remembered when EC2 has refused what it found before. */
type FindOptions = { readonly isFresh?: boolean };

/** Cached look-ups of what a NodeENI refers to. Unknown ids and names are absent from the answer. */
export interface SubnetProvider {
  find(references: References, options?: FindOptions): Promise<readonly Subnet[]>;
}

export interface SecurityGroupProvider {
  find(references: References, options?: FindOptions): Promise<readonly SecurityGroup[]>;
  /** By group, the VPCs it is associated with beside its own. Nothing where that may not be asked. */
  findAssociations(groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

export interface InstanceTypeProvider {
  get(instanceTypes: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeLimits>>;
}
