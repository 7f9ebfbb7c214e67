import type { WorkQueue } from '#core/ports/work-queue.ts';
import { createOperator, type FullOperator } from '#operator/create-operator.ts';
import { systemClock } from '#operator/system-clock.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { type ConnectionOptions, connect } from './connection.ts';

/** A command asks for no reconcile: the running installation finds what it did at its next sweep. */
const nobody: WorkQueue = {
  hint: () => Promise.resolve(),
  requeueAfter: () => Promise.resolve(),
};

/** Problems go to the standard error, where they do not mix with what a program reads. */
const complain = (message: string, fields: object = {}): void => {
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
};

const telemetry: Telemetry = {
  logger: { debug: () => undefined, info: () => undefined, warn: complain, error: complain },
  count: () => undefined,
  middlewares: [],
};

/** Connects and puts an operator together for one command. Throws as `connect` does. */
export const createCommandOperator = async (options: ConnectionOptions): Promise<FullOperator> =>
  createOperator({
    clock: systemClock,
    clusterName: options.cluster,
    apis: await connect(options),
    workQueue: nobody,
    telemetry,
    budget: { share: 0.5, burstShare: 0.8, concurrency: 1 },
  });
