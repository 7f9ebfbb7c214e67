import type { RequestOptions } from 'node:https';

/** Where an API server is, and what proves who calls it. */
export interface KubernetesAccess {
  readonly server: string;
  /** Headers and TLS settings that every request to it needs. */
  readonly options: RequestOptions;
  /** Told when a call got no answer, or was not believed to be of its caller: what is kept is read again, if it is not new. */
  readonly doubt?: () => void;
}

/**
 * Tells the access for the next call. It is asked before each, since what proves who calls comes to an end; a
 * connection keeps what is still good. Throws `CallError` Denied, Throttled or Unknown only: the other classes are answers
 * about objects, and a cluster that cannot be reached says nothing about any.
 */
export type KubernetesConnection = () => Promise<KubernetesAccess>;
