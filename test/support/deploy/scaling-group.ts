import { EC2Client } from '@aws-sdk/client-ec2';
import { vi } from 'vitest';
import { awsClientConfig, createFleet, type Fleet } from '#test/support/servers/fleet.ts';
import { type FleetNode, runInstances } from '#test/support/servers/fleet-nodes.ts';
import { kubeOf } from './cluster.ts';
import type { DeployStage } from './stage.ts';

const VERSION = '2011-01-01';
const TRANSITION = 'autoscaling:EC2_INSTANCE_LAUNCHING';

/** A network of a cluster, and an Auto Scaling group in it that no instance is in. */
export const createScalingGroup = async (
  { calls, moto, clusters }: DeployStage,
  { name, clusterName }: { readonly name: string; readonly clusterName: string },
): Promise<Fleet> => {
  const fleet = await createFleet({
    awsUrl: moto.url,
    kube: kubeOf({ clusters }, clusterName),
    size: 0,
    cluster: clusterName,
    zones: ['us-east-1a'],
  });
  await calls.query('autoscaling', VERSION, {
    Action: 'CreateLaunchConfiguration',
    LaunchConfigurationName: name,
    ImageId: 'ami-12c6146b',
    InstanceType: 'm5.4xlarge',
  });
  await calls.query('autoscaling', VERSION, {
    Action: 'CreateAutoScalingGroup',
    AutoScalingGroupName: name,
    LaunchConfigurationName: name,
    VPCZoneIdentifier: fleet.subnets.map(({ id }) => id).join(','),
    MinSize: 0,
    MaxSize: 10,
    DesiredCapacity: 0,
    Tags: [{ Key: `kubernetes.io/cluster/${clusterName}`, Value: 'owned' }],
  });
  return fleet;
};

type Hook = { readonly name: string; readonly transition: string; readonly metadata: string };

const textOf = (xml: string, element: string): string =>
  (new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

/** The hooks on a group. */
export const hooksOf = async (
  { calls }: Pick<DeployStage, 'calls'>,
  group: string,
): Promise<readonly Hook[]> => {
  const xml = await calls.query('autoscaling', VERSION, {
    Action: 'DescribeLifecycleHooks',
    AutoScalingGroupName: group,
  });
  return [...xml.matchAll(/<member>[\s\S]*?<\/member>/g)].map(([hook]) => ({
    name: textOf(hook, 'LifecycleHookName'),
    transition: textOf(hook, 'LifecycleTransition'),
    metadata: textOf(hook, 'NotificationMetadata'),
  }));
};

/**
 * Starts an instance in the group, lets it wait at the group's own launch hook, and puts the event on the bus that Auto
 * Scaling puts there ("Amazon EC2 Auto Scaling event reference").
 */
export const launchInstance = async (
  stage: DeployStage,
  { fleet, group }: { readonly fleet: Fleet; readonly group: string },
): Promise<FleetNode> => {
  const { calls, moto, proxy } = stage;
  const hook = (await hooksOf(stage, group)).find(({ transition }) => transition === TRANSITION);
  const [subnet] = fleet.subnets;
  if (hook === undefined || subnet === undefined) throw new Error('There is no hook or no subnet.');
  const [node] = await runInstances(new EC2Client(awsClientConfig(moto.url)), {
    cluster: fleet.cluster,
    subnet,
    groupIds: fleet.groups.slice(0, 1).map(({ id }) => id),
    instanceType: 'm5.4xlarge',
    count: 1,
  });
  if (node === undefined) throw new Error('No instance was started.');
  const { instanceId } = node;
  await calls.query('autoscaling', VERSION, {
    Action: 'AttachInstances',
    AutoScalingGroupName: group,
    InstanceIds: [instanceId],
  });
  const detail = {
    LifecycleActionToken: `token-${instanceId}`,
    AutoScalingGroupName: group,
    LifecycleHookName: hook.name,
    EC2InstanceId: instanceId,
    LifecycleTransition: TRANSITION,
    NotificationMetadata: hook.metadata,
    Origin: 'EC2',
    Destination: 'AutoScalingGroup',
  };
  proxy.setLifecycleState(instanceId, 'Pending:Wait', detail.LifecycleActionToken);
  await calls.json('events', 'AWSEvents.PutEvents', {
    Entries: [
      {
        Source: 'aws.autoscaling',
        DetailType: 'EC2 Instance-launch Lifecycle Action',
        Detail: JSON.stringify(detail),
      },
    ],
  });
  return node;
};

/** Every function on the way starts for the first time, on a machine that may have just deployed. */
const COMPLETED_WITHIN = { timeout: 180_000, interval: 200 };

/** Waits until so many launch hooks have been completed. */
export const untilCompleted = ({ proxy }: DeployStage, count: number): Promise<void> =>
  vi.waitFor(() => {
    const { length } = proxy.completions;
    if (length < count) throw new Error(`${length} of ${count} launch hooks are completed.`);
  }, COMPLETED_WITHIN);
