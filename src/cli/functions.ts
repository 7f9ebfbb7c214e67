import { createHandler as createReconcile } from '#functions/reconcile/handler.ts';
import { createHandler as createRequeue } from '#functions/requeue/handler.ts';
import { createHandler as createRollUp } from '#functions/roll-up/handler.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import type { PollerOptions } from '#runtime/poller.ts';
import type { Queues } from './queues.ts';

interface Dependencies {
  readonly queues: Queues;
  readonly telemetry: Telemetry;
  /** The worker environment that takes the next batch. */
  readonly operator: () => FullOperator;
}

/** A function that works off a queue. */
interface QueuedFunction
  extends Pick<PollerOptions, 'functionName' | 'handler' | 'maximumConcurrency'> {
  readonly queueUrl: string;
}

/** Lambda invokes at least two at once ("ScalingConfig", AWS Lambda). */
const CONCURRENCY = 2;

/** The functions that work off the queues, for pollers or event source mappings to invoke. */
export const queuedFunctions = (dependencies: Dependencies): readonly QueuedFunction[] => {
  const { queues, telemetry, operator } = dependencies;
  const { work, rollUp, delay, workQueue } = queues;
  return [
    {
      functionName: 'reconcile',
      queueUrl: work,
      maximumConcurrency: CONCURRENCY,
      handler: (event, context) => createReconcile(operator())(event, context),
    },
    {
      functionName: 'roll-up',
      queueUrl: rollUp,
      maximumConcurrency: CONCURRENCY,
      handler: (event, context) => createRollUp(operator())(event, context),
    },
    {
      functionName: 'requeue',
      queueUrl: delay,
      maximumConcurrency: CONCURRENCY,
      handler: createRequeue({ telemetry, workQueue }),
    },
  ];
};

/** Messages that will still cause work, delayed reconciles and those in flight included. */
export const pendingIn = (
  { sqs, work, rollUp, delay }: Queues,
  running: readonly { readonly inFlight: number }[],
): number =>
  [work, rollUp, delay].reduce(
    (sum, url) => sum + sqs.messagesIn(url).length,
    running.reduce((sum, { inFlight }) => sum + inFlight, 0),
  );
