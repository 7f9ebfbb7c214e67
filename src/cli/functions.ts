import { LOOPING_FUNCTIONS } from '#core/events/looping-functions.ts';
import type { Clock } from '#core/ports/clock.ts';
import { createHandler as createReconcile } from '#functions/reconcile/handler.ts';
import { createHandler as createRequeue } from '#functions/requeue/handler.ts';
import { createHandler as createRollUp } from '#functions/roll-up/handler.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
} from '#simulator/lambda/event-source-mapping.ts';
import type { Queues } from './queues.ts';

export interface FunctionSettings {
  readonly clock: Clock;
  readonly queues: Queues;
  readonly telemetry: Telemetry;
  /** The worker environment that takes the next batch. */
  readonly operator: () => FullOperator;
  readonly functionTimeoutSeconds: number;
  /** Most instances of one reconcile at many. */
  readonly batchSize?: number;
  /** Aborting it is the death of the process. */
  readonly signal?: AbortSignal;
}

/** Lambda invokes at least two at once ("ScalingConfig", AWS Lambda). */
const CONCURRENCY = 2;

/** Runs the functions that work off the queues, as their event source mappings do. */
export const startFunctions = (settings: FunctionSettings): readonly EventSourceMapping[] => {
  const { clock, queues, telemetry, operator, functionTimeoutSeconds, batchSize, signal } =
    settings;
  const { sqs, workQueue } = queues;
  const map = (
    options: Pick<EventSourceMappingOptions, 'queueUrl' | 'functionName' | 'handler'>,
  ): EventSourceMapping =>
    new EventSourceMapping({
      recursiveLoop: LOOPING_FUNCTIONS.includes(options.functionName) ? 'Allow' : 'Terminate',
      clock,
      sqs,
      functionTimeoutSeconds,
      maximumConcurrency: CONCURRENCY,
      ...(batchSize !== undefined && { batchSize }),
      ...(signal !== undefined && { signal }),
      ...options,
    });
  return [
    map({
      queueUrl: queues.work,
      functionName: 'reconcile',
      handler: (event, context) => createReconcile(operator())(event, context),
    }),
    map({
      queueUrl: queues.rollUp,
      functionName: 'roll-up',
      handler: (event, context) => createRollUp(operator())(event, context),
    }),
    map({
      queueUrl: queues.delay,
      functionName: 'requeue',
      handler: createRequeue({ telemetry, workQueue }),
    }),
  ];
};

/** Messages that will still cause work, delayed reconciles and those in flight included. */
export const pendingIn = (
  { sqs, work, rollUp, delay }: Queues,
  running: readonly EventSourceMapping[],
): number =>
  [work, rollUp, delay].reduce(
    (sum, url) => sum + sqs.messagesIn(url).length,
    running.reduce((sum, { inFlight }) => sum + inFlight, 0),
  );
