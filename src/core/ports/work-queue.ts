/** What a reconcile is about: an instance (interfaces and hooks) or a NodeENI (finalizer and status). */
export type WorkKey =
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'node-eni'; readonly name: string };

export interface WorkQueue {
  /**
   * For those who tell of what has happened: asks for a reconcile of an instance at once, and for the roll-up of a NodeENI with
   * the others of its window.
   */
  hint(keys: readonly WorkKey[]): Promise<void>;
  /** For those who tell of what is about to be stored: asks for a reconcile when it will be there. */
  announce(keys: readonly WorkKey[]): Promise<void>;
  /** Asks for a reconcile not before `delaySeconds`, rounded up to a grid of 5 s so that chains of reconciles merge. */
  requeueAfter(key: WorkKey, delaySeconds: number): Promise<void>;
}

export const instanceKey = (instanceId: string): WorkKey => ({ kind: 'instance', instanceId });

export const nodeEniKey = (name: string): WorkKey => ({ kind: 'node-eni', name });
