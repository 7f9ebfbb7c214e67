import { ignoreNotFound } from '#core/errors.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { DAEMON_SETS } from './resources.ts';

/** The part of a DaemonSet that is looked at. */
export interface DaemonSet {
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

/** One DaemonSet; undefined where there is none. */
export const readDaemonSet = async (
  kubernetes: KubernetesApi,
  name: string,
  namespace: string,
): Promise<DaemonSet | undefined> =>
  (await ignoreNotFound(kubernetes.get(DAEMON_SETS, name, namespace))) as unknown as
    | DaemonSet
    | undefined;
