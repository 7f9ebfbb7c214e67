// {
//   "version": "0", "id": "12345678-1234-1234-1234-123456789012",
//   "detail-type": "EC2 Instance-terminate Lifecycle Action", "source": "aws.autoscaling",
//   "account": "123456789012", "time": "2026-11-11T21:29:54Z", "region": "us-west-2",
//   "resources": ["arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:…:autoScalingGroupName/my-asg"],
//   "detail": {
//     "LifecycleActionToken": "87654321-4321-4321-4321-210987654321", "AutoScalingGroupName": "my-asg",
//     "LifecycleHookName": "my-lifecycle-hook", "EC2InstanceId": "i-1234567890abcdef0",
//     "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "NotificationMetadata": "…",
//     "Origin": "AutoScalingGroup", "Destination": "EC2"
//   }
// }
import { parseLifecycleDetail } from './asg-lifecycle-detail.ts';
import { detailOf, type InboundEvent } from './parsed-event.ts';

/** An instance waits in `Terminating:Wait` or a `Warmed:` one ("Amazon EC2 Auto Scaling event reference"). */
export const ASG_TERMINATE_LIFECYCLE_ACTION: InboundEvent = {
  source: 'aws.autoscaling',
  detailType: 'EC2 Instance-terminate Lifecycle Action',
  parse: (event) => parseLifecycleDetail(detailOf(event)),
};
