import { describeAll } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';

/** "DescribeNetworkInterfaces", Amazon EC2 API Reference. */
const PAGE_SIZE = 1000;

/** How many interfaces there are in the region, whoever made them. A call for each 1,000. Throws `CallError`. */
export const countInterfaces = async (ec2: Pick<Ec2Api, 'describeNetworkInterfaces'>) =>
  (
    await describeAll('DescribeNetworkInterfaces', async (page) => {
      const { NetworkInterfaces = [], NextToken } = await ec2.describeNetworkInterfaces({
        MaxResults: PAGE_SIZE,
        ...page,
      });
      return { items: NetworkInterfaces.map(() => true), nextToken: NextToken };
    })
  ).length;
