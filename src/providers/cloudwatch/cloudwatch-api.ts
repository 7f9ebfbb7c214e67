import {
  type CloudWatchClient,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  type GetMetricStatisticsCommandOutput,
} from '@aws-sdk/client-cloudwatch';

/** Every call that the command line makes of CloudWatch; the functions make none. */
export interface CloudWatchApi {
  getMetricStatistics(
    input: GetMetricStatisticsCommandInput,
  ): Promise<GetMetricStatisticsCommandOutput>;
}

/** The calls over the wire. */
export const createCloudWatchApi = (client: CloudWatchClient): CloudWatchApi => ({
  getMetricStatistics: (input) => client.send(new GetMetricStatisticsCommand(input)),
});
