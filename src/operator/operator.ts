import type { Sweep } from '#core/controllers/sweep/controller.ts';
import type { DelayedReconcile } from '#core/events/work-message.ts';
import type { WorkQueue } from '#core/ports/work-queue.ts';
import type { InstanceWorker } from '#core/workers/instance-worker.ts';
import type { NodeEniWorker } from '#core/workers/node-eni-worker.ts';
import type { Telemetry } from './telemetry.ts';

/** Everything the functions that work see. Each takes only the part it needs. */
export interface Operator {
  readonly telemetry: Telemetry;
  readonly workQueue: WorkQueue;
  readonly instances: InstanceWorker;
  readonly nodeEnis: NodeEniWorker;
  readonly sweep: Pick<Sweep, 'run'>;
}

/** What the functions that only pass ids on see: no EC2, no Kubernetes. */
export interface Router {
  readonly telemetry: Telemetry;
  readonly workQueue: Pick<WorkQueue, 'hint' | 'announce'>;
}

/** What moves reconciles that have become due from the delay queue to the queue of their subject. */
export interface Forwarder {
  readonly telemetry: Telemetry;
  readonly workQueue: { forward(reconciles: readonly DelayedReconcile[]): Promise<void> };
}

/** A router with a public door. */
export interface KubernetesRelay extends Router {
  /** Of this product. */
  readonly version: string;
  /** True for the secret of the webhook's path, in a time that does not tell how much of it was right. */
  isSecret(candidate: string): boolean;
}

/** What keeps an installation from being removed too early. */
export interface RemovalGuard {
  readonly telemetry: Telemetry;
  remainingNodeEnis(): Promise<readonly string[]>;
}
