import { createHash } from 'node:crypto';
import type { LambdaFunctionURLResult } from 'aws-lambda';
import { createQueues } from '#cli/queues.ts';
import { createHandler } from '#functions/on-kubernetes-change/handler.ts';
import { createKubernetesRelay } from '#operator/kubernetes-relay.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { lambdaContext } from '#test/unit/functions/invocation.ts';

/** The largest call that Lambda passes on ("Lambda quotas", AWS Lambda Developer Guide). */
export const LARGEST_CALL = 6 * 1024 * 1024;

export const STATES = { group: 'networking.k8s.aws', resource: 'nodeenistates' };
export const NODE_ENIS = { group: 'networking.k8s.aws', resource: 'nodeenis' };

/** JSON that a parser which calls itself for each level would not survive. */
export const nested = (depth: number): string => `${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`;

export const SECRET = 'an-example-of-a-secret-path';
type Answer = Exclude<LambdaFunctionURLResult, string>;

const QUEUES = 'https://sqs.us-east-1.amazonaws.com/123456789012';

// Read once: the tests count what the function itself parses.
const captured = readEvent('kubernetes-nodeeni-create') as object;

/** A call as the Function URL hands it over, with what an attacker changes in it. */
export const callWith = (changes: object): object => ({ ...captured, ...changes });

export const reviewOf = (request: object): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'uid-1', ...request },
  });

/** The function behind the webhook as it is deployed, with its queues in memory. */
export const openRelay = (parts: { readonly telemetry?: Telemetry } = {}) => {
  const clock = new VirtualClock();
  const { sqs, work, rollUp, delay, workQueue } = createQueues({
    sqs: new SimulatedSqs({ clock }),
    clock,
    visibilityTimeoutSeconds: 360,
  });
  const deployed = createKubernetesRelay({
    CLUSTER_NAME: 'production',
    WORK_QUEUE_URL: `${QUEUES}/work.fifo`,
    ROLL_UP_QUEUE_URL: `${QUEUES}/roll-up.fifo`,
    DELAY_QUEUE_URL: `${QUEUES}/delay`,
    WEBHOOK_SECRET_SHA256: createHash('sha256').update(SECRET).digest('hex'),
  });
  const handler = createHandler({ ...deployed, workQueue, ...parts });
  return {
    isSecret: deployed.isSecret,
    send: async (event: unknown) => (await handler(event, lambdaContext)) as Answer,
    /** What any of the queues holds. */
    queued: () => [work, rollUp, delay].flatMap((url) => sqs.messagesIn(url)),
  };
};
