/** Interfaces per network card of the types the simulator knows (DescribeInstanceTypes, NetworkInfo). */
export const INSTANCE_TYPES: ReadonlyMap<string, readonly number[]> = new Map([
  ['t3.medium', [3]],
  ['m5.large', [3]],
  ['c5.xlarge', [4]],
  ['m6i.2xlarge', [4]],
  ['m5.4xlarge', [8]],
  ['c5n.18xlarge', [15]],
  ['c6in.32xlarge', [8, 8]],
]);
