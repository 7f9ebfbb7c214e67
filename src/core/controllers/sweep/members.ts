import { ASG_NAME_TAG } from '#core/apis/v1alpha1/names.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { ScalingInstance, ScalingProvider } from '#core/ports/scaling.ts';

export interface Members {
  readonly members: readonly ScalingInstance[];
  /** What Auto Scaling did not tell, in words: the rest of the sweep does not depend on it. */
  readonly scalingErrors: readonly string[];
}

/**
 * How Auto Scaling sees these instances. Most are reported with their group; those of a warm pool are reported with no group, only one by
 * one ("DescribeAutoScalingGroups" and "DescribeAutoScalingInstances", Amazon EC2 Auto Scaling API Reference). Never throws.
 */
export const readMembers = async (
  instances: readonly Instance[],
  scaling: Pick<ScalingProvider, 'getGroups' | 'getInstances'>,
): Promise<Members> => {
  const grouped = instances.filter(
    ({ tags, state }) => ASG_NAME_TAG in tags && state !== 'terminated',
  );
  const names = [...new Set(grouped.map(({ tags }) => tags[ASG_NAME_TAG] ?? ''))];
  const members: ScalingInstance[] = [];
  try {
    if (names.length > 0)
      members.push(...(await scaling.getGroups(names)).flatMap((group) => group.instances));
    const told = new Set(members.map(({ instanceId }) => instanceId));
    const unreported = grouped.flatMap(({ instanceId }) =>
      told.has(instanceId) ? [] : instanceId,
    );
    if (unreported.length > 0) members.push(...(await scaling.getInstances(unreported)).values());
    return { members, scalingErrors: [] };
  } catch (error) {
    return { members, scalingErrors: [error instanceof Error ? error.message : String(error)] };
  }
};
