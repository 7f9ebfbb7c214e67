/**
 * What a reconcile is about: an instance (interfaces and hooks), a NodeENI (finalizer and status), or a namespace, which asks for a
 * reconcile of the NodeENIs that are networks in it.
 */
export type WorkKey =
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'node-eni'; readonly name: string }
  | { readonly kind: 'namespace'; readonly name: string };

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

export const namespaceKey = (name: string): WorkKey => ({ kind: 'namespace', name });

const NAMESPACE_PREFIX = 'namespace/';

/** What a roll-up is asked for by: the name of a NodeENI, or a namespace with a slash, which no NodeENI has. */
export const rollUpIdOf = (key: WorkKey): string | undefined => {
  if (key.kind === 'instance') return undefined;
  return key.kind === 'namespace' ? `${NAMESPACE_PREFIX}${key.name}` : key.name;
};

/** The namespace that such an id is of; undefined for the name of a NodeENI. */
export const namespaceIn = (id: string): string | undefined =>
  id.startsWith(NAMESPACE_PREFIX) ? id.slice(NAMESPACE_PREFIX.length) : undefined;
