import type { Properties } from '../provider.ts';
import { type Kinds, text } from './kind.ts';
import { isWithin, refusalsOf } from './limits.ts';

const ATTRIBUTES: Readonly<Record<string, string>> = {
  fifoQueue: 'FifoQueue',
  contentBasedDeduplication: 'ContentBasedDeduplication',
  delaySeconds: 'DelaySeconds',
  visibilityTimeoutSeconds: 'VisibilityTimeout',
  messageRetentionSeconds: 'MessageRetentionPeriod',
  redrivePolicy: 'RedrivePolicy',
  kmsMasterKeyId: 'KmsMasterKeyId',
  kmsDataKeyReusePeriodSeconds: 'KmsDataKeyReusePeriodSeconds',
  sqsManagedSseEnabled: 'SqsManagedSseEnabled',
};

/** What is not so is left out: SQS refuses `FifoQueue` with `false`. */
const attributesOf = (inputs: Properties): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(ATTRIBUTES).flatMap(([property, name]) => {
      const value = inputs[property];
      const isLeftOut = value === undefined || (value === false && name.startsWith('Fifo'));
      const isForFifoAlone = name === 'ContentBasedDeduplication' && inputs.fifoQueue !== true;
      return isLeftOut || isForFifoAlone ? [] : [[name, String(value)]];
    }),
  );

/** One attribute of a queue that the provider holds as a resource of its own. */
const attributeKind = (property: string, attribute: string): Kinds[string] => ({
  fixed: ['queueUrl'],
  create: async (inputs, { calls }) => {
    const QueueUrl = text(inputs, 'queueUrl');
    const Attributes = { [attribute]: text(inputs, property) };
    await calls.json('sqs', 'AmazonSQS.SetQueueAttributes', { QueueUrl, Attributes });
    return { id: QueueUrl, properties: inputs };
  },
  update: async ({ id: QueueUrl }, { after }, { calls }) => {
    const Attributes = { [attribute]: text(after, property) };
    await calls.json('sqs', 'AmazonSQS.SetQueueAttributes', { QueueUrl, Attributes });
    return after;
  },
  remove: async ({ id: QueueUrl }, { calls }) => {
    const Attributes = { [attribute]: '' };
    await calls.json('sqs', 'AmazonSQS.SetQueueAttributes', { QueueUrl, Attributes });
  },
});

export const SQS: Kinds = {
  'aws:sqs/queue:Queue': {
    naming: { property: 'name', most: 80 },
    fixed: ['name', 'fifoQueue'],
    // "CreateQueue", Amazon SQS API Reference.
    refusals: (inputs) =>
      refusalsOf(inputs, {
        name: (name) => /^[\w-]{1,75}(?:\.fifo|[\w-]{0,5})$/.test(String(name)),
        delaySeconds: isWithin(0, 900),
        visibilityTimeoutSeconds: isWithin(0, 43_200),
        messageRetentionSeconds: isWithin(60, 1_209_600),
        fifoQueue: (isFifo) => (isFifo === true) === text(inputs, 'name').endsWith('.fifo'),
      }),
    create: async (inputs, { calls }) => {
      const QueueName = text(inputs, 'name');
      const { QueueUrl } = await calls.json('sqs', 'AmazonSQS.CreateQueue', {
        QueueName,
        Attributes: attributesOf(inputs),
        tags: inputs.tags,
      });
      const { Attributes } = await calls.json('sqs', 'AmazonSQS.GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['QueueArn'],
      });
      const url = String(QueueUrl);
      const { QueueArn: arn } = Attributes as Properties;
      return { id: url, properties: { ...inputs, url, arn } };
    },
    update: async ({ id: QueueUrl, properties }, { after }, { calls }) => {
      const { FifoQueue: _, ...Attributes } = attributesOf(after);
      await calls.json('sqs', 'AmazonSQS.SetQueueAttributes', { QueueUrl, Attributes });
      return { ...properties, ...after };
    },
    remove: async ({ id: QueueUrl }, { calls }) => {
      await calls.json('sqs', 'AmazonSQS.DeleteQueue', { QueueUrl });
    },
  },
  'aws:sqs/queuePolicy:QueuePolicy': attributeKind('policy', 'Policy'),
  'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy': attributeKind(
    'redriveAllowPolicy',
    'RedriveAllowPolicy',
  ),
};
