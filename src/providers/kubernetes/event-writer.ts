import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { KubernetesApi, KubernetesObject, Resource } from './kubernetes-api.ts';
import { EVENTS } from './resources.ts';

/** Events of cluster-scoped objects live in this namespace ("Event", Kubernetes API Reference). */
const NAMESPACE = 'default';

/** One Event under the name it is to have: the same name again counts up the one that is there. */
export interface NamedEvent {
  readonly name: string;
  readonly about: { readonly resource: Resource; readonly name: string; readonly uid?: string };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Writes and reads core/v1 Events. */
export const createEventWriter = ({
  kubernetes,
  clock,
}: {
  readonly kubernetes: KubernetesApi;
  readonly clock: Clock;
}) => ({
  async write({ name, about, type, reason, message }: NamedEvent): Promise<void> {
    const now = clock.now().toISOString();
    const { resource, ...subject } = about;
    const event = {
      metadata: { name, namespace: NAMESPACE },
      involvedObject: {
        apiVersion: `${resource.group}/${resource.version}`,
        kind: resource.kind,
        ...subject,
      },
      type,
      reason,
      message,
      source: { component: 'nodeeni' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    try {
      await kubernetes.create(EVENTS, { apiVersion: 'v1', kind: 'Event', ...event });
    } catch (error) {
      if (failureOf(error) !== 'Conflict') throw error;
      const { count = 1 } = await kubernetes.get(EVENTS, name, NAMESPACE);
      const body = { count: Number(count) + 1, lastTimestamp: now, type, reason, message };
      await kubernetes.patch(EVENTS, name, { type: 'merge', body }, { namespace: NAMESPACE });
    }
  },

  read: (name: string): Promise<KubernetesObject> => kubernetes.get(EVENTS, name, NAMESPACE),
});
