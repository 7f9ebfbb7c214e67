import {
  DescribeClusterCommand,
  type DescribeClusterCommandInput,
  type DescribeClusterCommandOutput,
  type EKSClient,
} from '@aws-sdk/client-eks';

/** Every EKS call this product makes. */
export interface EksApi {
  describeCluster(input: DescribeClusterCommandInput): Promise<DescribeClusterCommandOutput>;
}

/** The calls over the wire. */
export const createEksApi = (client: EKSClient): EksApi => ({
  describeCluster: (input) => client.send(new DescribeClusterCommand(input)),
});
