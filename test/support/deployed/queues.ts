import { CreateQueueCommand, SetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Resource, resourcesOf, type Synthesis } from '#test/support/infra/synthesis.ts';

interface QueueInputs {
  readonly name: string;
  readonly fifoQueue: boolean;
  readonly contentBasedDeduplication?: boolean;
  readonly delaySeconds?: number;
  readonly visibilityTimeoutSeconds?: number;
  readonly messageRetentionSeconds?: number;
  readonly redrivePolicy?: string;
}

/** What the provider sends for a queue ("CreateQueue", Amazon SQS API Reference). */
const attributesOf = (queue: QueueInputs): Readonly<Record<string, string>> => {
  const attributes = {
    ...(queue.fifoQueue && {
      FifoQueue: true,
      ContentBasedDeduplication: queue.contentBasedDeduplication,
    }),
    DelaySeconds: queue.delaySeconds,
    VisibilityTimeout: queue.visibilityTimeoutSeconds,
    MessageRetentionPeriod: queue.messageRetentionSeconds,
    RedrivePolicy: queue.redrivePolicy,
  };
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
};

const hasRedrive = ({ inputs }: Resource): boolean => 'redrivePolicy' in inputs;

/** SQS knows a queue that it is to move messages to, so the dead-letter queues come first. */
const inOrder = (queues: readonly Resource[]): readonly Resource[] =>
  queues.toSorted((left, right) => Number(hasRedrive(left)) - Number(hasRedrive(right)));

/** Creates the queues, their redrive policies and who may move messages to them. */
export const createQueues = async (sqs: SQSClient, synthesis: Synthesis): Promise<void> => {
  for (const { inputs } of inOrder(resourcesOf(synthesis, 'aws:sqs/queue:Queue'))) {
    const queue = inputs as unknown as QueueInputs;
    const Attributes = attributesOf(queue);
    await sqs.send(new CreateQueueCommand({ QueueName: queue.name, Attributes }));
  }
  const allowed = resourcesOf(synthesis, 'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy');
  for (const { inputs } of allowed) {
    const QueueUrl = String(inputs.queueUrl);
    const Attributes = { RedriveAllowPolicy: String(inputs.redriveAllowPolicy) };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
};
