import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { ScalingInstance } from '#core/ports/scaling.ts';

/** What a sweep does, and for whom it asks for a reconcile. */
export interface SweepActions {
  readonly hintInstances: readonly string[];
  readonly hintNodeEnis: readonly string[];
  /** Members that wait for a hook: those of ours get a heartbeat. */
  readonly keepAlive: readonly ScalingInstance[];
  /** Orphans that are seen for the first time. */
  readonly mark: readonly NetworkInterface[];
  /** Orphans that are seen again; the reconcile of their instance deletes them. */
  readonly collect: readonly NetworkInterface[];
}
