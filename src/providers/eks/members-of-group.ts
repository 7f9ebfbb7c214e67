import { answered } from '../kubernetes/connection-errors.ts';
import { allPages } from '../paginate.ts';
import type { AccessEntriesApi } from './access-entries-api.ts';

/** The IAM principals that a cluster of EKS lets in as members of a Kubernetes group. Throws `CallError`. */
export const readMembersOfGroup = async (
  eks: AccessEntriesApi,
  { clusterName, group }: { readonly clusterName: string; readonly group: string },
): Promise<readonly string[]> => {
  const principals = await allPages<string>(async (nextToken) => {
    const answer = await answered(
      'ListAccessEntries',
      eks.listAccessEntries({ clusterName, ...(nextToken !== undefined && { nextToken }) }),
    );
    return { items: answer.accessEntries ?? [], nextToken: answer.nextToken };
  });
  const members = principals.map(async (principalArn) => {
    const { accessEntry } = await answered(
      'DescribeAccessEntry',
      eks.describeAccessEntry({ clusterName, principalArn }),
    );
    return accessEntry?.kubernetesGroups?.includes(group) === true ? [principalArn] : [];
  });
  return (await Promise.all(members)).flat();
};
