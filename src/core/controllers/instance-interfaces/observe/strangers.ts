import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { NODE_GRACE_SECONDS, secondsSince } from '#core/instance/observed.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';

/**
 * True for a Node that names an instance under another name than the one its Node was known by, until that one has been gone for
 * ten minutes. A machine may register anew under another name, and so may anybody who is allowed to write Nodes: what the
 * instance has is not taken from it for that.
 */
export const isStranger = (
  node: ClusterNode,
  state: NodeEniState | undefined,
  now: Date,
): boolean => {
  const { nodeName, nodeMissingSince, interfaces = {} } = state?.spec ?? {};
  const isKnown = nodeName === undefined || node.name === nodeName;
  if (isKnown || Object.keys(interfaces).length === 0) return false;
  return nodeMissingSince === undefined || secondsSince(nodeMissingSince, now) < NODE_GRACE_SECONDS;
};

/**
 * True for an instance with interfaces of which no record speaks: it is lost by which name its Node was known. One that was
 * launched a moment ago, and has no Node yet, has records.
 */
export const isUnrecorded = (
  enis: readonly NetworkInterface[],
  state: NodeEniState | undefined,
): boolean => {
  const { nodeName, interfaces = {} } = state?.spec ?? {};
  if (nodeName !== undefined || enis.length === 0) return false;
  const recorded = new Set(Object.values(interfaces).map(({ eniId }) => eniId));
  return enis.some(({ eniId }) => !recorded.has(eniId));
};
