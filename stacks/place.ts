import type { Scope } from './scope.ts';

/** The account and region of this installation, for ARNs. */
export const findPlace = ({ child }: Scope) =>
  $resolve({
    partition: aws.getPartitionOutput({}, child).partition,
    region: aws.getRegionOutput({}, child).region,
    accountId: aws.getCallerIdentityOutput({}, child).accountId,
  });
