import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  type CompleteLifecycleActionCommandInput,
  type CompleteLifecycleActionCommandOutput,
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandInput,
  type DescribeAutoScalingGroupsCommandOutput,
  DescribeAutoScalingInstancesCommand,
  type DescribeAutoScalingInstancesCommandInput,
  type DescribeAutoScalingInstancesCommandOutput,
  DescribeLifecycleHooksCommand,
  type DescribeLifecycleHooksCommandInput,
  type DescribeLifecycleHooksCommandOutput,
  RecordLifecycleActionHeartbeatCommand,
  type RecordLifecycleActionHeartbeatCommandInput,
  type RecordLifecycleActionHeartbeatCommandOutput,
} from '@aws-sdk/client-auto-scaling';

/**
 * Every Auto Scaling call this product makes: adding a line here is adding an IAM permission.
 */
export interface AutoScalingApi {
  describeAutoScalingGroups(
    input: DescribeAutoScalingGroupsCommandInput,
  ): Promise<DescribeAutoScalingGroupsCommandOutput>;
  describeAutoScalingInstances(
    input: DescribeAutoScalingInstancesCommandInput,
  ): Promise<DescribeAutoScalingInstancesCommandOutput>;
  describeLifecycleHooks(
    input: DescribeLifecycleHooksCommandInput,
  ): Promise<DescribeLifecycleHooksCommandOutput>;
  completeLifecycleAction(
    input: CompleteLifecycleActionCommandInput,
  ): Promise<CompleteLifecycleActionCommandOutput>;
  recordLifecycleActionHeartbeat(
    input: RecordLifecycleActionHeartbeatCommandInput,
  ): Promise<RecordLifecycleActionHeartbeatCommandOutput>;
}

/** The calls over the wire. */
export const createAutoScalingApi = (client: AutoScalingClient): AutoScalingApi => ({
  describeAutoScalingGroups: (input) => client.send(new DescribeAutoScalingGroupsCommand(input)),
  describeAutoScalingInstances: (input) =>
    client.send(new DescribeAutoScalingInstancesCommand(input)),
  describeLifecycleHooks: (input) => client.send(new DescribeLifecycleHooksCommand(input)),
  completeLifecycleAction: (input) => client.send(new CompleteLifecycleActionCommand(input)),
  recordLifecycleActionHeartbeat: (input) =>
    client.send(new RecordLifecycleActionHeartbeatCommand(input)),
});
