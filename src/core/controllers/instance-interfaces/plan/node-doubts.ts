import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Fault } from '#core/instance/fault.ts';
import { NODE_GRACE_SECONDS, type Observed, secondsSince } from '#core/instance/observed.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';
import { lastTryOf } from './records.ts';

/**
 * True for an instance that runs without the Node that it had. What promises labels to new nodes counts only for one that
 * has not registered yet, and a stopped instance (a warm pool's, say) is not expected to have a Node.
 */
const isNodeMissing = (observed: Observed): boolean => {
  const { node, rivals, isNodeUnsure, instance, state, predictedLabels } = observed;
  const hadNode = state?.spec.nodeName !== undefined || predictedLabels === undefined;
  const isUnknown = rivals !== undefined || isNodeUnsure === true;
  return node === undefined && !isUnknown && instance?.state === 'running' && hadNode;
};

/** True when nobody can tell what labels the instance's Node has, whatever new nodes are promised. */
export const isNodeDoubtful = (observed: Observed): boolean =>
  observed.rivals !== undefined || isNodeMissing(observed);

const hasSomething = ({ state, ours }: Observed): boolean =>
  ours.length > 0 || Object.keys(state?.spec.interfaces ?? {}).length > 0;

/** Since when, as the state object is to say; it says nothing where there is nothing to lose. */
export const nodeMissingSinceFor = (observed: Observed): string | null => {
  if (!isNodeMissing(observed)) return null;
  const known = observed.state?.spec.nodeMissingSince;
  return known ?? (hasSomething(observed) ? observed.now.toISOString() : null);
};

const secondsLeft = (observed: Observed): number => {
  const since = nodeMissingSinceFor(observed);
  return since === null ? 0 : NODE_GRACE_SECONDS - secondsSince(since, observed.now);
};

/** True once a Node has been gone for so long that its interfaces are let go. */
export const isNodeGivenUp = (observed: Observed): boolean =>
  nodeMissingSinceFor(observed) !== null && secondsLeft(observed) <= 0;

/**
 * True while a Node that has registered anew may still get the labels for which its interfaces were made: operators such as
 * node-feature-discovery label a Node seconds or minutes after it registers. A label that is taken off a Node under which
 * the interface was made is meant.
 */
export const mayGetLabels = (nodeEni: NodeEni, { node, state, now }: Observed): boolean => {
  const { createdAt } = node ?? {};
  if (createdAt === undefined) return false;
  if (secondsSince(createdAt.toISOString(), now) >= NODE_GRACE_SECONDS) return false;
  return Object.entries(state?.spec.interfaces ?? {}).some(
    ([slot, record]) =>
      nodeEniNameOf(slot) === nodeEni.metadata.name &&
      record.nodeEniUid === nodeEni.metadata.uid &&
      Date.parse(lastTryOf(record) ?? '') < createdAt.getTime(),
  );
};

const inWords = (names: readonly string[]): string => names.toSorted().join(' and ');

/** Why nothing is concluded from two Nodes of one instance. */
export const rivalry = ({ rivals, instanceId }: Observed): Fault | undefined =>
  rivals && {
    reason: 'NodeAmbiguous',
    message: `${inWords(rivals.map(({ name }) => name))} both name ${instanceId} in their providerID. Delete the Node that is not its own; until then nothing is changed.`,
  };

const absence = (observed: Observed): Fault | undefined => {
  const since = nodeMissingSinceFor(observed);
  if (since === null || isNodeGivenUp(observed)) return undefined;
  const until = new Date(Date.parse(since) + NODE_GRACE_SECONDS * 1000).toISOString();
  const { nodeName = 'of this instance' } = observed.state?.spec ?? {};
  return {
    reason: 'NodeMissing',
    message: `The Node ${nodeName} is gone, and ${observed.instanceId} still runs. Kept until ${until}, then released.`,
  };
};

/** An interface that is kept as it is tells why that is all that is done for it. */
export const withDoubt = (plan: SlotPlan, observed: Observed): SlotPlan => {
  const doubt = rivalry(observed) ?? absence(observed);
  const { phase, reason } = plan.report ?? {};
  if (doubt === undefined || phase === undefined) return plan;
  if (reason !== 'Attached' && reason !== 'Held') return plan;
  const requeue = observed.rivals === undefined && {
    requeueAfterSeconds: Math.max(1, secondsLeft(observed)),
  };
  return { ...plan, report: report(phase, doubt.reason, doubt.message), ...requeue };
};
