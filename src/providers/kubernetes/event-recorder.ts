import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { API_VERSION } from '#core/apis/v1alpha1/names.ts';
import { failureOf } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { EventRecorder } from '#core/ports/cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { EVENTS, NODE_ENIS } from './resources.ts';

/** Events of cluster-scoped objects live in this namespace ("Event", Kubernetes API Reference). */
const NAMESPACE = 'default';

/** Leaves room for a dot and 16 digits in the 253 characters of a name ("Object Names and IDs", kubernetes.io). */
const MOST_OF_A_NAME = 236;

/** The part of a name that goes before the digest; what is cut may not end in a dot or dash. */
const startOf = (name: string): string => name.slice(0, MOST_OF_A_NAME).replace(/[-.]+$/, '');

/** Writes core/v1 Events; the same thing said again counts up the one that is there. */
export const createEventRecorder = ({
  kubernetes,
  clock,
}: {
  readonly kubernetes: KubernetesApi;
  readonly clock: Clock;
}): EventRecorder => ({
  async record({ metadata }, { type, reason, message }) {
    const digest = bytesToHex(sha256(utf8ToBytes(`${metadata.uid} ${reason} ${message}`))).slice(
      0,
      16,
    );
    const name = `${startOf(metadata.name)}.${digest}`;
    const now = clock.now().toISOString();
    const event = {
      metadata: { name, namespace: NAMESPACE },
      involvedObject: {
        apiVersion: API_VERSION,
        kind: NODE_ENIS.kind,
        name: metadata.name,
        uid: metadata.uid,
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
      const body = { count: Number(count) + 1, lastTimestamp: now };
      await kubernetes.patch(EVENTS, name, { type: 'merge', body }, { namespace: NAMESPACE });
    }
  },
});
