import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import { createScalingProvider } from '#providers/autoscaling/scaling-provider.ts';
import { SimulatedAutoScaling } from '#simulator/autoscaling/simulated-auto-scaling.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';

/** The hook as its group keeps it. */
export const HOOK = {
  name: 'launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeoutSeconds: 300,
  defaultResult: 'ABANDON',
  notificationMetadata: '{"a":1}',
} as const;

/** The same hook as the product names it. */
export const OUR_HOOK = {
  groupName: 'workers',
  hookName: 'launch',
  transition: 'launching',
  heartbeatTimeoutSeconds: 300,
  notificationMetadata: '{"a":1}',
} as const;

/** A group `workers` whose instances wait for a launch hook. */
export const setUp = async (desiredCapacity = 1, answers: Partial<AutoScalingApi> = {}) => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock });
  const vpcId = ec2.fleet.createVpc();
  const subnetId = ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.0.0.0/16' });
  const autoScaling = new SimulatedAutoScaling({ clock, ec2 });
  autoScaling.createGroup({
    name: 'workers',
    subnetIds: [subnetId],
    tags: { team: 'net' },
    hooks: [HOOK],
    desiredCapacity,
  });
  await clock.advanceBy(1_000);
  autoScaling.wire.log.clear();
  const { telemetry, lines } = recordingTelemetry();
  const provider = createScalingProvider({
    autoScaling: { ...autoScaling.api, ...answers },
    clock,
    logger: telemetry.logger,
  });
  const ids = [...autoScaling.states('workers').keys()];
  const calls = () => autoScaling.wire.log.calls.map(({ action }) => action);
  return { clock, autoScaling, provider, lines, ids, first: ids[0] ?? '', calls };
};
