/** Bucket size and refill a second of an action, per account and region. */
export interface RequestBucket {
  readonly size: number;
  readonly refillPerSecond: number;
}

/**
 * AWS's published buckets, each API's its own ("Request throttling for the Amazon EC2 API", EC2 Developer Guide). What an account
 * really has, raised limits included, no API tells: it is learned from refusals.
 */
export const REQUEST_BUCKETS: Readonly<Record<string, RequestBucket>> = {
  CreateNetworkInterface: { size: 100, refillPerSecond: 5 },
  AttachNetworkInterface: { size: 50, refillPerSecond: 5 },
  DetachNetworkInterface: { size: 50, refillPerSecond: 5 },
  ModifyNetworkInterfaceAttribute: { size: 100, refillPerSecond: 5 },
  DeleteNetworkInterface: { size: 100, refillPerSecond: 5 },
  AssignPrivateIpAddresses: { size: 100, refillPerSecond: 5 },
  AssignIpv6Addresses: { size: 100, refillPerSecond: 5 },
  CreateTags: { size: 100, refillPerSecond: 10 },
  DeleteTags: { size: 100, refillPerSecond: 10 },
  // What people write into NodeENIs is looked up by these, so they alone of all reads can be made to be many.
  DescribeSubnets: { size: 100, refillPerSecond: 20 },
  DescribeSecurityGroups: { size: 100, refillPerSecond: 20 },
  DescribeSecurityGroupVpcAssociations: { size: 100, refillPerSecond: 20 },
};

/** What is assumed of an action that AWS does not list: the class of mutating calls. */
const DEFAULT_BUCKET: RequestBucket = { size: 50, refillPerSecond: 5 };

export const bucketOf = (action: string): RequestBucket =>
  REQUEST_BUCKETS[action] ?? DEFAULT_BUCKET;
