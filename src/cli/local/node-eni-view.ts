import type { NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import type { Sample } from './metrics.ts';

interface Seen {
  readonly ready: Sample;
  readonly interfaces: readonly Sample[];
}

/** A status has no room for all rows of a large cluster, and says how many it leaves out. */
const NOT_LISTED = 'NotListed';

const samplesOf = (nodeeni: string, status: NodeEniStatus): Seen => {
  const { attachments = [], attachmentsOmitted = 0, conditions } = status;
  const byReason = Map.groupBy(attachments, ({ reason = '' }) => reason);
  const ready = conditions?.find(({ type }) => type === 'Ready');
  return {
    ready: [{ nodeeni, reason: ready?.reason ?? '' }, ready?.status === 'True' ? 1 : 0],
    interfaces: [
      ...[...byReason].map(([reason, rows]): Sample => [{ nodeeni, reason }, rows.length]),
      ...(attachmentsOmitted > 0
        ? [[{ nodeeni, reason: NOT_LISTED }, attachmentsOmitted] as const]
        : []),
    ],
  };
};

/** How the NodeENIs stand, from what the watch tells anyway: whoever asks for metrics asks no API server. */
export const createNodeEniView = () => {
  const all = new Map<string, Seen>();
  return {
    /** In: a NodeENI as it is now. */
    see({ metadata: { name }, status }: KubernetesObject): void {
      all.set(name, samplesOf(name, (status ?? {}) as NodeEniStatus));
    },
    forget(name: string): void {
      all.delete(name);
    },
    ready: (): readonly Sample[] => [...all.values()].map(({ ready }) => ready),
    interfaces: (): readonly Sample[] => [...all.values()].flatMap(({ interfaces }) => interfaces),
  };
};

export type NodeEniView = ReturnType<typeof createNodeEniView>;
