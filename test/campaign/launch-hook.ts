import type { SimulatedHook } from '#simulator/autoscaling/model.ts';

export const CLUSTER = 'prod';

/** A launch hook as the guide makes it. */
export const launchHookOf = (
  heartbeatTimeoutSeconds: number,
  settings: { readonly clusterUid?: string } = {},
): SimulatedHook => ({
  name: 'nodeeni-launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeoutSeconds,
  defaultResult: 'ABANDON',
  notificationMetadata: JSON.stringify({ cluster: CLUSTER, ...settings }),
});
