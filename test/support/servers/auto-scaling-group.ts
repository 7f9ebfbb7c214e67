import {
  AttachInstancesCommand,
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling';
import { awsClientConfig, type Fleet } from './fleet.ts';

export type AutoScalingGroupOptions = {
  readonly awsUrl: string;
  readonly fleet: Fleet;
  readonly name?: string;
  readonly hook?: string;
};

export type FleetAutoScalingGroup = { readonly name: string; readonly hook: string };

/**
 * Puts a fleet's instances into an Auto Scaling group that has a launch hook. In: the URL of AWS
 * and the fleet. Out: the group's and the hook's names. The emulator lets no launch wait: say which
 * instance waits with the proxy's `setLifecycleState`.
 */
export const createAutoScalingGroup = async ({
  awsUrl,
  fleet,
  name = `${fleet.cluster}-nodes`,
  hook = `${fleet.cluster}-interfaces`,
}: AutoScalingGroupOptions): Promise<FleetAutoScalingGroup> => {
  const client = new AutoScalingClient(awsClientConfig(awsUrl));
  await client.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: name,
      ImageId: 'ami-12c6146b',
      InstanceType: 'm5.4xlarge',
    }),
  );
  await client.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchConfigurationName: name,
      VPCZoneIdentifier: fleet.subnets.map(({ id }) => id).join(','),
      MinSize: 0,
      MaxSize: 1000,
      DesiredCapacity: 0,
      Tags: [{ Key: `kubernetes.io/cluster/${fleet.cluster}`, Value: 'owned' }],
    }),
  );
  await client.send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName: name,
      LifecycleHookName: hook,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: 300,
      DefaultResult: 'CONTINUE',
    }),
  );
  const InstanceIds = fleet.nodes.map(({ instanceId }) => instanceId);
  await client.send(new AttachInstancesCommand({ AutoScalingGroupName: name, InstanceIds }));
  return { name, hook };
};
