/** What this deploy makes and AWS puts tags on. A test holds the list against the provider's own types. */
export const TAGGED_TYPES: readonly string[] = [
  'aws:cloudwatch/eventRule:EventRule',
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:cloudwatch/metricAlarm:MetricAlarm',
  'aws:eks/accessEntry:AccessEntry',
  'aws:iam/role:Role',
  'aws:lambda/eventSourceMapping:EventSourceMapping',
  'aws:lambda/function:Function',
  'aws:s3/bucket:Bucket',
  'aws:s3/bucketObjectv2:BucketObjectv2',
  'aws:sqs/queue:Queue',
  'aws:ssm/document:Document',
];
