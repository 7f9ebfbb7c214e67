import type { NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniEvent } from '#core/ports/cluster.ts';

/** One change to make to a NodeENI, or one request for a reconcile elsewhere. Plain data. */
export type RollUpAction =
  | { readonly type: 'add-finalizer' }
  | { readonly type: 'hint-instances'; readonly instanceIds: readonly string[] }
  | { readonly type: 'patch-status'; readonly status: NodeEniStatus }
  | { readonly type: 'record-event'; readonly event: NodeEniEvent }
  | { readonly type: 'remove-finalizer' }
  | { readonly type: 'requeue'; readonly seconds: number };
