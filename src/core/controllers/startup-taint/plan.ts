import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { InstanceReadiness } from '#core/readiness.ts';

type CompleteWhen = 'Attached' | 'Configured';

/**
 * What the taint waits for: what its value says (`…/not-ready=Attached:NoSchedule`). With another value the interfaces are
 * configured where an agent reports, and attached where none does: there nobody would ever configure them.
 */
const completeWhenOf = (
  value: string | undefined,
  { hasHostReport = false }: InstanceReadiness,
): CompleteWhen => {
  if (value === 'Attached' || value === 'Configured') return value;
  return hasHostReport ? 'Configured' : 'Attached';
};

/**
 * True when the node still carries our startup taint and every interface asked for is attached, and configured where the
 * taint waits for that. For nodes that no lifecycle hook holds back ("Startup taints", Karpenter documentation).
 */
export const mayLoseTaint = (
  node: ClusterNode | undefined,
  readiness: InstanceReadiness,
): node is ClusterNode => {
  const taint = node?.taints.find(({ key }) => key === NOT_READY_TAINT);
  if (taint === undefined || !readiness.isKnown || readiness.unattached.length > 0) return false;
  return (
    completeWhenOf(taint.value, readiness) === 'Attached' || readiness.unconfigured.length === 0
  );
};
