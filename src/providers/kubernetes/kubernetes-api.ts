import { CallError } from '#core/errors.ts';

/** A kind of object and where the API server keeps it. `group` is empty for the core group. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

/** Any object, as JSON. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

export interface KubernetesList {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  /** Token of the next page; absent on the last. */
  readonly continue?: string;
  /** How many follow, where the server says: not of a list with a selector ("ListMeta", Kubernetes API). */
  readonly remainingItemCount?: number;
}

/**
 * A page of a list that was begun too long ago, five minutes as a rule: the server has forgotten that moment, and tells how to go on
 * with what is there now ("Retrieving large results sets in chunks", kubernetes.io).
 */
export class ExpiredPage extends CallError {
  /** The token by which the list goes on. */
  readonly continue: string;

  constructor(message: string, next: string) {
    super('Unknown', 'Expired', message);
    this.continue = next;
  }
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
}

export type JsonPatch = readonly {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}[];

export type Patch =
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'json'; readonly body: JsonPatch };

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubernetesObject;
}

/**
 * The Kubernetes calls this product makes, over any resource. Failures are `CallError`:
 * 404 is NotFound, 409 Conflict, 401 and 403 Denied, 422 and 400 Invalid, 429 Throttled, the rest Unknown.
 * Which resources and verbs are used is in the RBAC manifest.
 */
export interface KubernetesApi {
  get(resource: Resource, name: string, namespace?: string): Promise<KubernetesObject>;
  /** One page. */
  list(resource: Resource, options?: ListOptions): Promise<KubernetesList>;
  create(resource: Resource, object: KubernetesObject): Promise<KubernetesObject>;
  patch(
    resource: Resource,
    name: string,
    patch: Patch,
    options?: { readonly subresource?: 'status'; readonly namespace?: string },
  ): Promise<KubernetesObject>;
  delete(resource: Resource, name: string, namespace?: string): Promise<void>;
  /**
   * All objects first (as ADDED), then a BOOKMARK, then every change, and further BOOKMARKs, until the signal aborts.
   * Ends normally when the server closes it; the caller starts again.
   */
  watch(
    resource: Resource,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
