import { CallError } from '#core/errors.ts';
import { explanationOf } from '#core/explanation.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { InstanceTroubles, NodeEniStore, TroubleKind } from '#core/ports/cluster.ts';
import type { Recorder } from '#core/ports/telemetry.ts';
import { nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { secondsToRetry } from '#core/retry-time.ts';

/** Makes known what no state object can tell: reconciles that failed as a whole, taints that stay. */
export interface FailureReporter {
  /** Never fails: what cannot be reported is logged. */
  tell(failures: readonly Failure[]): Promise<void>;
  /** From now until the next try, for all alike: see `secondsToRetry`. */
  secondsUntilRetry(error: unknown): number;
}

/** A step of the reconcile at an instance that failed. */
interface Failure {
  readonly instanceId: string;
  readonly step: string;
  readonly error: unknown;
}

/** Other steps have rows or Auto Scaling to tell of them. */
const KINDS: ReadonlyMap<string, TroubleKind> = new Map([
  ['interfaces', 'ReconcileFailed'],
  ['taint', 'StartupTaintStuck'],
  ['capacity', 'StartupTaintStuck'],
  ['metadata', 'HookUnreadable'],
]);

/** Which NodeENIs a failed reconcile is about, nobody knows; they are asked for together, and not for each instance. */
const HINT_SECONDS = 60;

const RETRY_SECONDS = 30;

const waitAfter = (error: unknown): number =>
  error instanceof CallError ? error.retryAfterSeconds : RETRY_SECONDS;

const asText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const createFailureReporter = ({
  clock,
  troubles,
  nodeEnis,
  workQueue,
  telemetry,
}: {
  readonly clock: Clock;
  readonly troubles: InstanceTroubles;
  readonly nodeEnis: NodeEniStore;
  readonly workQueue: WorkQueue;
  readonly telemetry: Recorder;
}): FailureReporter => {
  let hintedAt = Number.NEGATIVE_INFINITY;

  const hintRollUps = async (): Promise<void> => {
    const now = clock.now().getTime();
    if (now - hintedAt < HINT_SECONDS * 1000) return;
    hintedAt = now;
    const { items, invalid } = await nodeEnis.list();
    const names = [...items, ...invalid].map(({ metadata }) => metadata.name);
    if (names.length > 0) await workQueue.hint(names.map(nodeEniKey));
  };

  const tellOne = async ({ instanceId, step, error }: Failure): Promise<void> => {
    const kind = KINDS.get(step);
    const explanation = explanationOf(error);
    if (kind === undefined || explanation === undefined) return;
    try {
      await troubles.record(instanceId, kind, explanation);
      await hintRollUps();
    } catch (unreported) {
      telemetry.logger.error('failure not told', { instanceId, step, error: asText(unreported) });
    }
  };

  return {
    async tell(failures) {
      await Promise.all(failures.map(tellOne));
    },
    secondsUntilRetry: (error) => secondsToRetry(waitAfter(error), clock.now()),
  };
};
