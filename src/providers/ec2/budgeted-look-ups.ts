import type { RequestBudget } from '#core/ec2/request-budget.ts';
import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';

export type LookUps = Pick<
  Ec2Api,
  'describeSubnets' | 'describeSecurityGroups' | 'describeSecurityGroupVpcAssociations'
>;

/**
 * The calls by which what NodeENIs refer to is looked up, each of which asks the request budget first: who makes them many
 * slows down these and no other call.
 */
export const budgetedLookUps = (ec2: LookUps, budget: RequestBudget): LookUps => {
  const within = async <T>(action: string, call: () => Promise<T>): Promise<T> => {
    await budget.take(action);
    try {
      return await call();
    } catch (error) {
      const classified = classifyEc2Error(action, error);
      if (classified.failure === 'Throttled') budget.noteThrottled(action);
      throw classified;
    }
  };
  return {
    describeSubnets: (input) => within('DescribeSubnets', () => ec2.describeSubnets(input)),
    describeSecurityGroups: (input) =>
      within('DescribeSecurityGroups', () => ec2.describeSecurityGroups(input)),
    describeSecurityGroupVpcAssociations: (input) =>
      within('DescribeSecurityGroupVpcAssociations', () =>
        ec2.describeSecurityGroupVpcAssociations(input),
      ),
  };
};
