import * as z from 'zod/mini';
import { instanceKey } from '#core/ports/work-queue.ts';
import { instanceIdSchema } from './instance-id.ts';
import { malformed, type ParsedEvent } from './parsed-event.ts';

/** `EC2`, `AutoScalingGroup` or `WarmPool`; absent in payloads of old hooks. */
const place = z.optional(z.string());

/**
 * What a lifecycle action tells, in EventBridge's `detail` and in the payload Auto Scaling sends to SQS
 * alike. Only the id is worked with: the action's token is not needed, since completion goes by instance id.
 */
const schema = z.object({
  EC2InstanceId: instanceIdSchema,
  AutoScalingGroupName: z.string(),
  LifecycleHookName: z.string(),
  Origin: place,
  Destination: place,
});

/**
 * The instance a lifecycle action is about. An instance that enters or leaves a warm pool waits for its
 * hook like any other, so every way counts ("Create EventBridge rules for warm pool events", Amazon EC2
 * Auto Scaling User Guide).
 */
export const parseLifecycleDetail = (detail: unknown): ParsedEvent => {
  const parsed = schema.safeParse(detail);
  if (!parsed.success) return malformed(parsed.error.issues);
  const { EC2InstanceId, AutoScalingGroupName, LifecycleHookName, Origin, Destination } =
    parsed.data;
  return {
    kind: 'work',
    keys: [instanceKey(EC2InstanceId)],
    facts: {
      group: AutoScalingGroupName,
      hook: LifecycleHookName,
      ...(Origin && { origin: Origin }),
      ...(Destination && { destination: Destination }),
    },
  };
};
