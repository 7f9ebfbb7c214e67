import type { RequestBudget } from '#core/ec2/request-budget.ts';
import type { Ec2Api } from './ec2-api.ts';
import { withinBudget } from './within-budget.ts';

export type LookUps = Pick<
  Ec2Api,
  'describeSubnets' | 'describeSecurityGroups' | 'describeSecurityGroupVpcAssociations'
>;

/**
 * The calls by which what NodeENIs refer to is looked up, each of which asks the request budget first: who makes them many
 * slows down these and no other call.
 */
export const budgetedLookUps = (ec2: LookUps, budget: RequestBudget): LookUps => {
  const within = withinBudget(budget);
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
