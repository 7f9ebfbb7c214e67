/** Interfaces per network card of the types the simulator knows (DescribeInstanceTypes, NetworkInfo). */
export const INSTANCE_TYPES: ReadonlyMap<string, readonly number[]> = new Map([
  ['t3.medium', [3]],
  ['m4.large', [2]],
  ['m5.large', [3]],
  ['c5.xlarge', [4]],
  ['m6i.2xlarge', [4]],
  ['m5.4xlarge', [8]],
  ['c5n.18xlarge', [15]],
  ['c6in.32xlarge', [8, 8]],
]);

/** Types that are not built on Nitro ("Instances built on the AWS Nitro System", EC2 User Guide). */
export const XEN_TYPES: ReadonlySet<string> = new Set(['m4.large']);

/** Addresses of each family that an interface of the type holds (NetworkInfo, Ipv4- and Ipv6AddressesPerInterface). */
export const ADDRESSES_PER_INTERFACE: ReadonlyMap<string, number> = new Map([
  ['t3.medium', 6],
  ['m4.large', 10],
  ['m5.large', 10],
  ['c5.xlarge', 15],
  ['m6i.2xlarge', 15],
  ['m5.4xlarge', 30],
  ['c5n.18xlarge', 50],
  ['c6in.32xlarge', 50],
]);
