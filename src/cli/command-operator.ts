import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import type { WorkQueue } from '#core/ports/work-queue.ts';
import { createOperator, type FullOperator } from '#operator/create-operator.ts';
import { systemClock } from '#operator/system-clock.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { type Connection, type ConnectionOptions, connect } from './connection.ts';

/** A command asks for no reconcile: the running installation finds what it did at its next sweep. */
const nobody: WorkQueue = {
  hint: () => Promise.resolve(),
  announce: () => Promise.resolve(),
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

/** An operator for one command over a connection that stands. */
export const operatorOver = (
  apis: Connection,
  clusterName: string,
  settings: InstallationSettings = {},
): FullOperator =>
  createOperator({
    clock: systemClock,
    clusterName,
    settings,
    apis,
    workQueue: nobody,
    telemetry,
    budget: { share: 0.5, burstShare: 0.8, concurrency: 1 },
  });

/** Connects and puts an operator together for one command. Throws as `connect` does. */
export const createCommandOperator = async (
  options: ConnectionOptions,
  settings?: InstallationSettings,
): Promise<FullOperator> => operatorOver(await connect(options), options.cluster, settings);
