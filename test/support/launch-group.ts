import type { GroupOptions } from '#simulator/autoscaling/model.ts';
import type { Scenario } from './scenario.ts';

/** A launch hook of ours; `settings` are what a person may put beside the cluster's name in its metadata. */
export const launchHook = (settings: object = {}, heartbeatTimeoutSeconds = 120) => ({
  name: 'nodeeni-launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING' as const,
  heartbeatTimeoutSeconds,
  defaultResult: 'ABANDON' as const,
  notificationMetadata: JSON.stringify({ cluster: 'prod', ...settings }),
});

/** A group of this cluster whose nodes have the label of the NodeENIs, and whose launches wait for us. */
export const workersGroup = (
  { subnets }: Pick<Scenario, 'subnets'>,
  changes: Partial<GroupOptions> = {},
): GroupOptions => ({
  name: 'workers',
  subnetIds: [subnets.nodesA],
  instanceTags: { 'kubernetes.io/cluster/prod': 'owned' },
  tags: { 'k8s.io/cluster-autoscaler/node-template/label/ng': 'multi-eni' },
  hooks: [launchHook()],
  ...changes,
});

/** Lets time pass until all of a group is in service, or that many seconds are over. Out: the seconds that went by. */
export const secondsUntilInService = async (
  scenario: Scenario,
  group: string,
  mostSeconds: number,
): Promise<number> => {
  const isInService = () =>
    [...scenario.autoScaling.states(group).values()].every((state) => state === 'InService');
  let seconds = 0;
  do {
    await scenario.pass(1);
    seconds += 1;
  } while (!isInService() && seconds < mostSeconds);
  return seconds;
};
