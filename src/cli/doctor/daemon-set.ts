import type { KubernetesApi, KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { listAll } from '#providers/kubernetes/list-all.ts';
import { DAEMON_SETS } from './resources.ts';

/** The part of a DaemonSet that is looked at. */
export interface DaemonSet {
  readonly metadata: KubernetesObject['metadata'];
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly image?: string;
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
        readonly volumes?: readonly {
          readonly configMap?: { readonly name: string };
          readonly hostPath?: { readonly path: string };
        }[];
      };
    };
  };
  readonly status?: {
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

/** All DaemonSets of a cluster. */
export const readDaemonSets = (kubernetes: KubernetesApi): Promise<readonly DaemonSet[]> =>
  listAll(kubernetes, DAEMON_SETS, (object) => object as unknown as DaemonSet);

/** The one of this name; undefined where there is none. */
export const named = (
  all: readonly DaemonSet[],
  name: string,
  namespace: string,
): DaemonSet | undefined =>
  all.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
