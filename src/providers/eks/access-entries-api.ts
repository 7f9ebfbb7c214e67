import {
  DescribeAccessEntryCommand,
  type DescribeAccessEntryCommandInput,
  type DescribeAccessEntryCommandOutput,
  type EKSClient,
  ListAccessEntriesCommand,
  type ListAccessEntriesCommandInput,
  type ListAccessEntriesCommandOutput,
} from '@aws-sdk/client-eks';

/** What the command line asks EKS besides; the functions do not. */
export interface AccessEntriesApi {
  listAccessEntries(input: ListAccessEntriesCommandInput): Promise<ListAccessEntriesCommandOutput>;
  describeAccessEntry(
    input: DescribeAccessEntryCommandInput,
  ): Promise<DescribeAccessEntryCommandOutput>;
}

/** The calls over the wire. */
export const createAccessEntriesApi = (client: EKSClient): AccessEntriesApi => ({
  listAccessEntries: (input) => client.send(new ListAccessEntriesCommand(input)),
  describeAccessEntry: (input) => client.send(new DescribeAccessEntryCommand(input)),
});
