/** The account and region of this deploy, for ARNs. */
export const findPlace = () =>
  $resolve({
    partition: aws.getPartitionOutput().partition,
    region: aws.getRegionOutput().region,
    accountId: aws.getCallerIdentityOutput().accountId,
  });
