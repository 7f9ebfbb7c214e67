import { LABEL_PREFIX, READY_LABEL_VALUE, readyLabelOf } from '#core/apis/v1alpha1/names.ts';
import { secondsSince } from '#core/instance/observed.ts';
import type { ClusterNode, LabelChanges } from '#core/ports/cluster.ts';
import type { NodeEniPresence } from '#core/readiness.ts';

/** An agent is a pod: it reports some seconds after its node is ready, and until then nobody knows whether there is one. */
const AGENT_GRACE_SECONDS = 120;

/** The nodes of one launch become ready one after the other, and are looked at together: one describe serves a batch. */
const TOGETHER_SECONDS = 30;

export interface LabelPlan {
  readonly changes: LabelChanges;
  /** Present when it is too early to tell. */
  readonly requeueAfterSeconds?: number;
}

const NOTHING: LabelPlan = { changes: {} };

/**
 * Seconds until a node without an agent counts as one; 0 when it does already. Undefined for a node that is not ready, and has
 * not been since it registered: the sweep finds it once it is, since nothing else tells when that will be.
 */
const secondsToWait = (
  { readySince, createdAt }: ClusterNode,
  { isReported }: NodeEniPresence,
  now: Date,
): number | undefined => {
  if (isReported) return 0;
  const since = readySince ?? createdAt;
  const seconds =
    since === undefined ? AGENT_GRACE_SECONDS : secondsSince(since.toISOString(), now);
  if (seconds >= AGENT_GRACE_SECONDS) return readySince === undefined ? undefined : 0;
  const nowSeconds = now.getTime() / 1000;
  const until = nowSeconds + AGENT_GRACE_SECONDS - seconds;
  return Math.ceil(Math.ceil(until / TOGETHER_SECONDS) * TOGETHER_SECONDS - nowSeconds);
};

const keysOf = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => readyLabelOf(name) ?? []);

const ownKeysOn = ({ labels }: ClusterNode): readonly string[] =>
  Object.keys(labels).filter(
    (key) => key.startsWith(LABEL_PREFIX) && labels[key] === READY_LABEL_VALUE,
  );

/**
 * What brings the labels of a node in line: one for each NodeENI that has on it all that it asks for. Of a NodeENI of which
 * that is not known the label stays as it is.
 */
export const planLabels = (node: ClusterNode, presence: NodeEniPresence, now: Date): LabelPlan => {
  const ready = keysOf(presence.ready);
  const unknown = keysOf(presence.unknown);
  const missing = ready.filter(
    (key) => node.labels[key] !== READY_LABEL_VALUE && !unknown.includes(key),
  );
  const gone = ownKeysOn(node).filter((key) => !ready.includes(key) && !unknown.includes(key));
  if (missing.length + gone.length === 0) return NOTHING;
  const requeueAfterSeconds = missing.length === 0 ? 0 : secondsToWait(node, presence, now);
  return {
    changes: Object.fromEntries([
      ...(requeueAfterSeconds === 0 ? missing : []).map((key) => [key, READY_LABEL_VALUE]),
      ...gone.map((key) => [key, null]),
    ]),
    ...(requeueAfterSeconds && { requeueAfterSeconds }),
  };
};
