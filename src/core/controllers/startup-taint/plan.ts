import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { InstanceReadiness } from '#core/readiness.ts';

/**
 * True when the node still carries our startup taint and every interface asked for is attached. For nodes that no
 * lifecycle hook holds back ("Startup taints", Karpenter documentation).
 */
export const mayLoseTaint = (
  node: ClusterNode | undefined,
  readiness: InstanceReadiness,
): node is ClusterNode =>
  node !== undefined &&
  readiness.isKnown &&
  readiness.unattached.length === 0 &&
  node.taints.some(({ key }) => key === NOT_READY_TAINT);
