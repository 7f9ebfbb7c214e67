import type { Statement } from '#core/manifests/policy-statement.ts';
import { arnOf, type Place } from './statement.ts';

/** A function writes to its own log group, which the deploy makes. */
export const writeLogs = (logGroupArn: string): readonly Statement[] => [
  {
    Sid: 'Log',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [`${logGroupArn}:log-stream:*`],
  },
];

/** X-Ray knows no resources (Service Authorization Reference, "Actions defined by AWS X-Ray"). */
export const writeTraces = (): readonly Statement[] => [
  {
    Sid: 'Trace',
    Effect: 'Allow',
    Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    Resource: ['*'],
  },
];

/**
 * What Lambda itself does, as the function, to attach it to a VPC (managed policy AWSLambdaVPCAccessExecutionRole).
 * The function's own code comes with its ARN and gets none of it ("Using source function ARN to control function
 * access behavior", AWS Lambda Developer Guide).
 */
export const joinVpc = (): readonly Statement[] => [
  {
    Sid: 'LambdaJoinsVpc',
    Effect: 'Allow',
    Action: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    Resource: ['*'],
    Condition: { Null: { 'lambda:SourceFunctionArn': 'true' } },
  },
];

/** Sends to these queues. */
export const sendTo = (...queueArns: readonly string[]): readonly Statement[] => [
  { Sid: 'Send', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: queueArns },
];

/** What the event source mapping needs of the function's role ("Using Lambda with Amazon SQS"). */
export const receiveFrom = (queueArn: string): readonly Statement[] => [
  {
    Sid: 'Receive',
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    Resource: [queueArn],
  },
];

/** What sending to and receiving from an encrypted queue takes ("Key management", Amazon SQS Developer Guide). */
export const useQueueKey = ({ region }: Place, kmsKeyArn: string): readonly Statement[] => [
  {
    Sid: 'UseQueueKey',
    Effect: 'Allow',
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: [kmsKeyArn],
    Condition: { StringEquals: { 'kms:ViaService': `sqs.${region}.amazonaws.com` } },
  },
];

/** Tells the event bus what became of interfaces, and nothing else. */
export const publishEvents = (
  place: Place,
  busName: string,
  { source, detailType }: { readonly source: string; readonly detailType: string },
): readonly Statement[] => [
  {
    Sid: 'Publish',
    Effect: 'Allow',
    Action: ['events:PutEvents'],
    Resource: [arnOf(place, 'events', `event-bus/${busName}`)],
    // Both keys have a value for each entry of a call (Service Authorization Reference, "Condition keys for Amazon
    // EventBridge").
    Condition: {
      'ForAllValues:StringEquals': { 'events:source': source, 'events:detail-type': detailType },
      Null: { 'events:source': 'false', 'events:detail-type': 'false' },
    },
  },
];
