import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import { createHandler as createSweep } from '#functions/sweep/handler.ts';
import {
  createOperator,
  type FullOperator,
  type HostCommandParts,
} from '#operator/create-operator.ts';
import { routeEvents } from '#operator/route-events.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { InMemoryQueues } from '#runtime/in-memory-queues.ts';
import { createLambdaContext } from '#runtime/lambda-context.ts';
import { Poller } from '#runtime/poller.ts';
import type { Connection } from '../connection.ts';
import { pendingIn, queuedFunctions } from '../functions.ts';
import { createQueues } from '../queues.ts';
import type { NodeEniView } from './node-eni-view.ts';
import { watch } from './watch.ts';
import { WATCHED } from './watched-change.ts';

export interface RuntimeOptions {
  readonly connection: Omit<Connection, 'probe'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly clusterName: string;
  /** Part of AWS's request buckets that may be used, 0 to 1. */
  readonly budget: number;
  readonly settings?: InstallationSettings;
  /** Absent where no commands are sent to hosts. */
  readonly runCommand?: HostCommandParts;
  /** Sees the NodeENIs as they come, change and go. */
  readonly view?: NodeEniView;
}

export interface Runtime {
  readonly operator: FullOperator;
  sweep(): Promise<void>;
  takeEvent(event: unknown): Promise<void>;
  /** Asks for reconciles of what changes from now on. Resolves when all there is has been read. */
  watchCluster(): Promise<void>;
  /** Messages that will still cause work. */
  pending(): number;
  /** Seconds until there is work: 0 while some is being done, infinity when there is none. */
  idleSeconds(): number;
  /** Takes no new work, and resolves when what is in flight has ended. */
  stop(): Promise<void>;
}

const FUNCTION_TIMEOUT_SECONDS = 60;

/** Instances that change together are reported together; watches tell after the fact, so nothing is announced. */
const WAITS = { announced: 0, rollUp: 0.25, step: 0.125 };

/** What one describe answers for. */
const BATCH_SIZE = 100;

const LEAST_BURST_SHARE = 0.8;

/** The functions of the deployment in one process: their queues in memory, and watches instead of the webhook. */
export const createRuntime = (options: RuntimeOptions): Runtime => {
  const { connection, clock, telemetry, clusterName, budget } = options;
  const { kubernetes } = connection;
  const queues = createQueues({
    sqs: new InMemoryQueues(clock),
    clock,
    waits: WAITS,
    visibilityTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
  });
  const { sqs, workQueue } = queues;
  const operator = createOperator({
    clock,
    clusterName,
    apis: connection,
    workQueue,
    telemetry,
    ...(options.settings && { settings: options.settings }),
    ...(options.runCommand && { runCommand: options.runCommand }),
    // One process with one budget, however many of its functions run at once.
    budget: { share: budget, burstShare: Math.max(budget, LEAST_BURST_SHARE), concurrency: 1 },
  });
  const running = queuedFunctions({ queues, telemetry, operator: () => operator }).map(
    ({ queueUrl, ...queued }) =>
      new Poller({
        ...queued,
        clock,
        queue: sqs.queue(queueUrl),
        batchSize: BATCH_SIZE,
        functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
        onError: (error) =>
          telemetry.logger.error('function failed', { function: queued.functionName, error }),
      }),
  );
  const watching = new AbortController();
  const runSweep = createSweep(operator);

  const hint = (keys: readonly WorkKey[]): void => {
    if (keys.length === 0) return;
    workQueue.hint(keys).catch((error: unknown) => telemetry.logger.error('hint lost', { error }));
  };

  return {
    operator,

    sweep: () =>
      runSweep(
        {},
        createLambdaContext({
          clock,
          functionName: 'sweep',
          timeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
          awsRequestId: '00000000-0000-4000-8000-000000000000',
        }),
      ),

    takeEvent: (event) => routeEvents({ telemetry, workQueue }, event),

    async watchCluster() {
      const { signal } = watching;
      const { logger } = telemetry;
      await Promise.all(
        WATCHED.map((watched) => {
          const isSeen = watched.resource.plural === NODE_ENIS.plural;
          const { view } = options;
          const seeing = isSeen && view !== undefined && { view };
          return watch(watched, { kubernetes, clock, logger, hint, signal, ...seeing });
        }),
      );
    },

    pending: () => pendingIn(queues, running),

    idleSeconds() {
      if (running.some(({ inFlight }) => inFlight > 0)) return 0;
      const nowMs = clock.now().getTime();
      const times = [queues.work, queues.rollUp, queues.delay].map(
        (url) => sqs.queue(url).nextVisibleAt()?.getTime() ?? Number.POSITIVE_INFINITY,
      );
      return Math.max(0, (Math.min(...times) - nowMs) / 1000);
    },

    async stop() {
      watching.abort();
      await Promise.all(running.map((poller) => poller.stop()));
    },
  };
};
