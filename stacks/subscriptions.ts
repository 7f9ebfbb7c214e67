import type { DeployedFunction, Functions } from './functions.ts';
import type { Options } from './options.ts';
import type { Queues } from './queues.ts';
import type { Scope } from './scope.ts';

/** The most that Lambda takes from a FIFO queue at a time ("Using Lambda with Amazon SQS"). */
const BATCH_SIZE = 10;

/** Roll-ups change nothing in EC2, so no budget is divided among them; SQS allows no fewer than 2 at once. */
const ROLL_UP_CONCURRENCY = 2;

interface Subscription {
  readonly queue: sst.aws.Queue;
  readonly worker: DeployedFunction;
  readonly maximumConcurrency?: number;
}

const subscribe = (
  { logical, child }: Scope,
  name: string,
  { queue, worker, maximumConcurrency }: Subscription,
) =>
  new aws.lambda.EventSourceMapping(
    logical(`${name}Mapping`),
    {
      eventSourceArn: queue.arn,
      functionName: worker.lambda.name,
      batchSize: BATCH_SIZE,
      // One failed message does not bring back the whole batch.
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...(maximumConcurrency !== undefined && { scalingConfig: { maximumConcurrency } }),
    },
    child,
  );

/** Which function works off which queue. */
export const createSubscriptions = (
  scope: Scope,
  { budget }: Pick<Options, 'budget'>,
  { queues, functions }: { readonly queues: Queues; readonly functions: Functions },
): void => {
  subscribe(scope, 'Work', {
    queue: queues.work,
    worker: functions.reconcile,
    maximumConcurrency: budget.workerConcurrency,
  });
  subscribe(scope, 'RollUps', {
    queue: queues.rollUp,
    worker: functions['roll-up'],
    maximumConcurrency: ROLL_UP_CONCURRENCY,
  });
  subscribe(scope, 'Delay', { queue: queues.delay, worker: functions.requeue });
};
