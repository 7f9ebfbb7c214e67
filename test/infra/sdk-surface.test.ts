import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { expect, inject, it } from 'vitest';
import { CHANGES } from '#cli/doctor/check-aws-rights.ts';
import { createAutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import { createEc2Api } from '#providers/ec2/ec2-api.ts';
import { createEksApi } from '#providers/eks/eks-api.ts';
import { createEventBridgeApi } from '#providers/eventbridge/event-bridge-api.ts';
import { createEventPublisher } from '#providers/eventbridge/event-publisher.ts';
import { createSqsApi } from '#providers/sqs/sqs-api.ts';
import { createSsmApi } from '#providers/ssm/ssm-api.ts';
import { policyOf } from '#test/support/infra/iam.ts';
import { FUNCTION_SETTINGS, type FunctionName } from '../../stacks/function-settings.ts';

const syntheses = inject('syntheses');
const NAMES = Object.keys(FUNCTION_SETTINGS) as FunctionName[];

const region = { region: 'eu-west-1' };

/** Every call that a provider can make, by the prefix of its actions in IAM. */
const SURFACES: Readonly<Record<string, object>> = {
  ec2: createEc2Api(new EC2Client(region)),
  autoscaling: createAutoScalingApi(new AutoScalingClient(region)),
  eks: createEksApi(new EKSClient(region)),
  events: createEventBridgeApi(new EventBridgeClient(region)),
  sqs: createSqsApi(new SQSClient(region)),
  ssm: createSsmApi(new SSMClient(region)),
};

const actionOf = (service: string, method: string): string => {
  const name = `${method.charAt(0).toUpperCase()}${method.slice(1)}`;
  // A batch is authorised as its messages ("Actions, resources, and condition keys for Amazon SQS").
  return `${service}:${name.replace(/^SendMessageBatch$/, 'SendMessage')}`;
};

const CALLED = Object.entries(SURFACES).flatMap(([service, api]) =>
  Object.keys(api).map((method) => actionOf(service, method)),
);

/** What Lambda, X-Ray, Parameter Store and hosts with a presigned link do in the name of a function. */
const DONE_BY_AWS = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'kms:Decrypt',
  's3:GetObject',
  'ec2:UnassignPrivateIpAddresses',
];

const granted = new Set(
  [syntheses.usual, syntheses.grown].flatMap((synthesis) =>
    NAMES.flatMap((name) => policyOf(synthesis, name).Statement.flatMap(({ Action }) => Action)),
  ),
);
const grantedInVpc = (['reconcile', 'roll-up', 'sweep'] as const).flatMap((name) =>
  policyOf(syntheses.secluded, name).Statement.flatMap(({ Action }) => Action),
);

it('grants every call that the providers can make', () => {
  const all = new Set([...granted, ...grantedInVpc]);

  expect(CALLED.filter((action) => !all.has(action))).toEqual([]);
});

it('grants nothing that neither a provider nor AWS itself does', () => {
  const known = new Set([...CALLED, ...DONE_BY_AWS]);

  expect([...granted, ...grantedInVpc].filter((action) => !known.has(action))).toEqual([]);
});

it('names every action in full', () => {
  expect([...granted, ...grantedInVpc].filter((action) => action.includes('*'))).toEqual([]);
});

it('grants events the source and type that the publisher gives them', async () => {
  const sent: { Source?: string | undefined; DetailType?: string | undefined }[] = [];
  const publisher = createEventPublisher({
    busName: 'default',
    eventBridge: {
      putEvents: ({ Entries = [] }) => {
        sent.push(...Entries);
        return Promise.resolve({ FailedEntryCount: 0, $metadata: {} });
      },
    },
  });

  await publisher.publish([
    {
      type: 'Ready',
      cluster: 'blue',
      nodeEni: 'multus',
      instanceId: 'i-0123456789abcdef0',
      subnetId: 'subnet-0123456789abcdef0',
      reason: 'Attached',
      message: 'It is there.',
    },
  ]);

  const statement = policyOf(syntheses.usual, 'reconcile').Statement.find(
    ({ Sid }) => Sid === 'Publish',
  );
  expect(statement).toMatchObject({
    Condition: {
      'ForAllValues:StringEquals': {
        'events:source': sent[0]?.Source,
        'events:detail-type': sent[0]?.DetailType,
      },
    },
  });
});

it('grants what the doctor asks IAM about', () => {
  expect(CHANGES.filter((action) => !granted.has(action))).toEqual([]);
});
