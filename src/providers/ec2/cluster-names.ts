import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { describeAll } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';

const PAGE_SIZE = 1000;

/** How many ENIs of a cluster, known by its uid, carry which name of it. */
export const readClusterNames = async (
  ec2: Pick<Ec2Api, 'describeNetworkInterfaces'>,
  clusterUid: string,
): Promise<ReadonlyMap<string, number>> => {
  const found = await describeAll('DescribeNetworkInterfaces', async (page) => {
    const { NetworkInterfaces = [], NextToken: nextToken } = await ec2.describeNetworkInterfaces({
      Filters: [{ Name: `tag:${TAGS.clusterUid}`, Values: [clusterUid] }],
      MaxResults: PAGE_SIZE,
      ...page,
    });
    return { items: NetworkInterfaces, nextToken };
  });
  const names = found.flatMap(
    ({ TagSet = [] }) => TagSet.find(({ Key }) => Key === TAGS.cluster)?.Value ?? [],
  );
  return new Map([...new Set(names)].map((name) => [name, names.filter((n) => n === name).length]));
};
