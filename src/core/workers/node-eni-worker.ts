import type { RollUp } from '#core/controllers/roll-up/controller.ts';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Recorder } from '#core/ports/telemetry.ts';
import { nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { secondsToRetry } from '#core/retry-time.ts';

export interface NodeEniWorker {
  /** The error of a NodeENI whose next reconcile could not even be asked for; undefined for all others. */
  reconcile(names: readonly string[]): Promise<ReadonlyMap<string, Error | undefined>>;
}

const RETRY_SECONDS = 30;

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

/** Rolls up a batch of NodeENIs; what fails is requeued. */
export const createNodeEniWorker = ({
  clock,
  rollUp,
  workQueue,
  telemetry,
}: {
  readonly clock: Clock;
  readonly rollUp: RollUp;
  readonly workQueue: WorkQueue;
  readonly telemetry: Recorder;
}): NodeEniWorker => {
  const requeue = (name: string, error: unknown): Promise<Error | undefined> => {
    telemetry.count('RollUpsFailed');
    telemetry.logger.error('roll-up failed', { nodeEni: name, error: asError(error).message });
    const wait = error instanceof CallError ? error.retryAfterSeconds : RETRY_SECONDS;
    const seconds = secondsToRetry(wait, clock.now());
    return workQueue.requeueAfter(nodeEniKey(name), seconds).then(() => undefined, asError);
  };

  return {
    async reconcile(names) {
      const unique = [...new Set(names)];
      const outcomes = await rollUp
        .reconcile(unique)
        .catch((error: unknown) => new Map(unique.map((name) => [name, error] as const)));
      const results = unique.map(async (name) => {
        const error = outcomes.get(name);
        return [name, error === undefined ? undefined : await requeue(name, error)] as const;
      });
      return new Map(await Promise.all(results));
    },
  };
};
