import { FUNCTION_SETTINGS } from './function-settings.ts';
import type { Options } from './options.ts';
import type { Scope } from './scope.ts';

const DAY_SECONDS = 86_400;

/**
 * What fails five times, for half an hour at most, is a fault to be seen ("Using Lambda with Amazon SQS" wants 5 or more
 * receives).
 */
const MOST_RECEIVES = 5;

/**
 * How long a message stays hidden while a function works on it: six times the function's timeout ("Using Lambda with
 * Amazon SQS", AWS Lambda Developer Guide).
 */
const visibilityOf = (name: keyof typeof FUNCTION_SETTINGS) =>
  `${6 * FUNCTION_SETTINGS[name].timeoutSeconds} seconds` as const;

interface Given {
  readonly scope: Scope;
  readonly options: Pick<Options, 'kmsKeyArn'>;
}

/** SQS encrypts by a key of its own where nobody names one. */
const encryption = ({ kmsKeyArn }: Given['options']) =>
  kmsKeyArn === undefined ? {} : { kmsMasterKeyId: kmsKeyArn };

const deadLetterQueue = (
  { scope: { logical, child }, options }: Given,
  name: string,
  { isFifo }: { readonly isFifo: boolean },
) =>
  new sst.aws.Queue(
    logical(name),
    {
      fifo: isFifo,
      transform: {
        queue: { messageRetentionSeconds: 14 * DAY_SECONDS, ...encryption(options) },
      },
    },
    child,
  );

/** Only the queue it belongs to may put messages into a dead-letter queue. */
const admitOnly = (
  { logical, child }: Scope,
  name: string,
  { queue, dlq }: { readonly queue: sst.aws.Queue; readonly dlq: sst.aws.Queue },
) =>
  new aws.sqs.RedriveAllowPolicy(
    logical(`${name}RedriveAllowPolicy`),
    {
      queueUrl: dlq.url,
      redriveAllowPolicy: $jsonStringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: [queue.arn],
      }),
    },
    child,
  );

const fifoQueue = (given: Given, name: string, worker: keyof typeof FUNCTION_SETTINGS) => {
  const { scope, options } = given;
  // SQS takes no other kind of dead-letter queue for a FIFO queue ("Using dead-letter queues in Amazon SQS").
  const dlq = deadLetterQueue(given, `${name}Dlq`, { isFifo: true });
  const queue = new sst.aws.Queue(
    scope.logical(name),
    {
      fifo: true,
      visibilityTimeout: visibilityOf(worker),
      dlq: { queue: dlq.arn, retry: MOST_RECEIVES },
      transform: { queue: encryption(options) },
    },
    scope.child,
  );
  admitOnly(scope, name, { queue, dlq });
  return { queue, dlq };
};

/** The queues between those who notice something and those who work. */
export const createQueues = (scope: Scope, options: Given['options']) => {
  const given = { scope, options };
  const work = fifoQueue(given, 'Work', 'reconcile');
  const rollUp = fifoQueue(given, 'RollUps', 'roll-up');

  const delayDlq = deadLetterQueue(given, 'DelayDlq', { isFifo: false });
  const delay = new sst.aws.Queue(
    scope.logical('Delay'),
    {
      visibilityTimeout: visibilityOf('requeue'),
      dlq: { queue: delayDlq.arn, retry: MOST_RECEIVES },
      transform: { queue: encryption(options) },
    },
    scope.child,
  );
  admitOnly(scope, 'Delay', { queue: delay, dlq: delayDlq });

  // What EventBridge or Lambda could not deliver to a function.
  const deliveryDlq = deadLetterQueue(given, 'DeliveryDlq', { isFifo: false });

  return {
    work: work.queue,
    workDlq: work.dlq,
    rollUp: rollUp.queue,
    rollUpDlq: rollUp.dlq,
    delay,
    delayDlq,
    deliveryDlq,
  };
};

export type Queues = ReturnType<typeof createQueues>;
