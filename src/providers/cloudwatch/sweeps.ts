import { answered } from '../kubernetes/connection-errors.ts';
import type { CloudWatchApi } from './cloudwatch-api.ts';

const PERIOD_SECONDS = 60;

/**
 * The minutes in which sweeps of a cluster ended well, oldest first: each sends the metric `InstancesSwept`, of a deploy. In: the
 * cluster's name, and a span of at most a day, since an answer has 1,440 points ("GetMetricStatistics", Amazon CloudWatch API
 * Reference). Throws `CallError`.
 */
export const readSweeps = async (
  cloudWatch: CloudWatchApi,
  {
    clusterName,
    from,
    to,
  }: { readonly clusterName: string; readonly from: Date; readonly to: Date },
): Promise<readonly Date[]> => {
  const { Datapoints = [] } = await answered(
    'GetMetricStatistics',
    cloudWatch.getMetricStatistics({
      Namespace: 'nodeeni',
      MetricName: 'InstancesSwept',
      Dimensions: [
        { Name: 'cluster', Value: clusterName },
        { Name: 'service', Value: 'nodeeni' },
      ],
      StartTime: from,
      EndTime: to,
      Period: PERIOD_SECONDS,
      Statistics: ['SampleCount'],
    }),
  );
  return Datapoints.flatMap(({ Timestamp }) => Timestamp ?? []).toSorted(
    (left, right) => left.getTime() - right.getTime(),
  );
};
