import type { Functions } from './functions.ts';
import type { Options } from './options.ts';
import type { Queues } from './queues.ts';

/** The most that Lambda takes from a FIFO queue at a time ("Using Lambda with Amazon SQS"). */
const BATCH_SIZE = 10;

/** Roll-ups change nothing in EC2, so no budget is divided among them; SQS allows no fewer than 2 at once. */
const ROLL_UP_CONCURRENCY = 2;

const subscribe = (
  name: string,
  queue: sst.aws.Queue,
  lambda: sst.aws.Function,
  maximumConcurrency?: number,
) =>
  new aws.lambda.EventSourceMapping(`${name}Mapping`, {
    eventSourceArn: queue.arn,
    functionName: lambda.name,
    batchSize: BATCH_SIZE,
    // One failed message does not bring back the whole batch.
    functionResponseTypes: ['ReportBatchItemFailures'],
    ...(maximumConcurrency !== undefined && { scalingConfig: { maximumConcurrency } }),
  });

/** Which function works off which queue. */
export const createSubscriptions = (
  { budget }: Pick<Options, 'budget'>,
  { queues, functions }: { readonly queues: Queues; readonly functions: Functions },
): void => {
  subscribe('Work', queues.work, functions.reconcile.lambda, budget.workerConcurrency);
  subscribe('RollUps', queues.rollUp, functions['roll-up'].lambda, ROLL_UP_CONCURRENCY);
  subscribe('Delay', queues.delay, functions.requeue.lambda);
};
