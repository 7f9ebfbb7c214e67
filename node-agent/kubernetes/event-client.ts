import { createHash } from 'node:crypto';
import type { PersonEvent } from '../agent/person-events.ts';
import { type ApiClient, ApiError } from './api-client.ts';

/** Events of objects without a namespace live in this one ("Event", Kubernetes API Reference). */
const NAMESPACE = 'default';
const DIGEST_LENGTH = 16;
const LONGEST_MESSAGE_CHARACTERS = 1000;

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);

export interface EventClientOptions {
  readonly api: ApiClient;
  readonly now: () => Date;
}

/** Says something of a node. Rejects with an `ApiError`. */
export type RecordOnNode = (nodeName: string, event: PersonEvent) => Promise<void>;

/**
 * Creates core/v1 Events. An event of the same identity that is there still is left as it is: the agent may have been
 * restarted since.
 */
export const createRecordOnNode =
  ({ api, now }: EventClientOptions): RecordOnNode =>
  async (nodeName, { type, reason, message, identity }) => {
    const time = now().toISOString();
    const object = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${nodeName}.${digestOf(identity)}`, namespace: NAMESPACE },
      // The kubelet, too, gives the node's name for its uid; `kubectl describe node` looks for both.
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName },
      type,
      reason,
      message: message.slice(0, LONGEST_MESSAGE_CHARACTERS),
      source: { component: 'nodeeni-agent', host: nodeName },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
    try {
      await api.send({ method: 'POST', path: `/api/v1/namespaces/${NAMESPACE}/events`, object });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  };
