// A lifecycle hook whose target is an SQS queue sends the bare action, without EventBridge's envelope:
// {
//   "Origin": "EC2", "Destination": "AutoScalingGroup", "Service": "AWS Auto Scaling",
//   "AccountId": "123456789012", "RequestId": "3ae5fd4b-ef30-a9d7-0cc1-9b0d4a35ce10",
//   "Time": "2026-11-11T21:29:54.123Z", "AutoScalingGroupName": "my-asg",
//   "LifecycleHookName": "my-lifecycle-hook", "EC2InstanceId": "i-1234567890abcdef0",
//   "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
//   "LifecycleActionToken": "f1d0b3e2-7a8a-4a57-9a8e-1b0a9c1d2e3f", "NotificationMetadata": "…"
// }
// and, when the hook is made, a test:
// {
//   "AccountId": "123456789012", "RequestId": "3ae5fd4b-ef30-a9d7-0cc1-9b0d4a35ce10",
//   "Service": "AWS Auto Scaling", "Time": "2026-11-11T21:29:54.123Z",
//   "AutoScalingGroupName": "my-asg", "Event": "autoscaling:TEST_NOTIFICATION",
//   "AutoScalingGroupARN": "arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:…:autoScalingGroupName/my-asg"
// }
import * as z from 'zod/mini';
import { parseLifecycleDetail } from './asg-lifecycle-detail.ts';
import { ignored, type ParsedEvent } from './parsed-event.ts';

const TEST_EVENT = 'autoscaling:TEST_NOTIFICATION';

const serviceSchema = z.object({
  Service: z.literal('AWS Auto Scaling'),
  Event: z.optional(z.string()),
});

/**
 * The payload of a hook that notifies SQS ("Prepare to add a lifecycle hook to your Auto Scaling group",
 * Amazon EC2 Auto Scaling User Guide). Undefined when it is none.
 */
export const parseAsgNotification = (payload: unknown): ParsedEvent | undefined => {
  const parsed = serviceSchema.safeParse(payload);
  if (!parsed.success) return undefined;
  const { Event } = parsed.data;
  if (Event === TEST_EVENT) return ignored('test', TEST_EVENT);
  if (Event !== undefined) return ignored('irrelevant', Event);
  return parseLifecycleDetail(payload);
};
