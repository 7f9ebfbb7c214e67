import type { SweepReport } from '#core/controllers/sweep/controller.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import type { KubernetesRelay, Operator } from '#operator/operator.ts';
import { createPowertoolsTelemetry } from '#operator/powertools-telemetry.ts';
import { createSecretCheck } from '#operator/webhook-secret.ts';

/** SHA-256 of the secret path in the captured Function URL calls. */
const SECRET_SHA256 = '001aabb62b52f8a3dfd0038d965d072c95a92861d6e58f49bd44ff393bee0582';

const QUIET_SWEEP: SweepReport = {
  instances: 0,
  interfaces: 0,
  hintedInstances: [],
  hintedNodeEnis: [],
  orphansMarked: [],
  orphansCollected: [],
  heartbeats: { sent: 0, errors: [] },
  scalingErrors: [],
  unreadyNodeEnis: [],
};

interface Behaviour {
  /** What the queue does when it is sent hints. */
  readonly onHint?: () => Promise<void>;
  /** Ids whose next reconcile cannot even be asked for. */
  readonly failing?: readonly string[];
  /** Ids about which the worker says nothing. */
  readonly forgotten?: readonly string[];
  readonly sweepReport?: Partial<SweepReport>;
  readonly sweepError?: Error;
}

/** An operator that remembers what it was asked, behind real logs and metrics. */
export const createRecordingOperator = (behaviour: Behaviour = {}) => {
  const hinted: WorkKey[] = [];
  const announced: WorkKey[] = [];
  const batches: (readonly string[])[] = [];

  const worker = {
    reconcile: async (ids: readonly string[]) => {
      batches.push(ids);
      return new Map(
        ids
          .filter((id) => !behaviour.forgotten?.includes(id))
          .map((id) => [
            id,
            behaviour.failing?.includes(id) ? new Error('queue is gone') : undefined,
          ]),
      );
    },
  };

  const operator: Operator & KubernetesRelay = {
    telemetry: createPowertoolsTelemetry({ clusterName: 'production' }),
    workQueue: {
      hint: async (keys) => {
        hinted.push(...keys);
        await behaviour.onHint?.();
      },
      announce: async (keys) => {
        announced.push(...keys);
        await behaviour.onHint?.();
      },
      requeueAfter: async () => undefined,
    },
    instances: worker,
    nodeEnis: worker,
    sweep: {
      run: async () => {
        if (behaviour.sweepError) throw behaviour.sweepError;
        return { ...QUIET_SWEEP, ...behaviour.sweepReport };
      },
    },
    version: '1.2.3',
    isSecret: createSecretCheck(SECRET_SHA256),
  };
  return { operator, hinted, announced, batches };
};
