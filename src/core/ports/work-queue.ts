/** What a reconcile is about: an instance (interfaces and hooks) or a NodeENI (finalizer and status). */
export type WorkKey =
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'node-eni'; readonly name: string };

export interface WorkQueue {
  /** Asks for a reconcile at each key once the queue's delay has passed; hints of one window merge. */
  hint(keys: readonly WorkKey[]): Promise<void>;
  /** Asks for a reconcile not before `delaySeconds`, rounded up to a grid of 5 s so that chains of reconciles merge. */
  requeueAfter(key: WorkKey, delaySeconds: number): Promise<void>;
}

export const instanceKey = (instanceId: string): WorkKey => ({ kind: 'instance', instanceId });

export const nodeEniKey = (name: string): WorkKey => ({ kind: 'node-eni', name });
