// {
//   "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602",
//   "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2",
//   "account": "123456789012", "time": "2026-11-11T21:29:54Z", "region": "us-east-1",
//   "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-0abcdef1234567890"],
//   "detail": { "instance-id": "i-0abcdef1234567890", "state": "running" }
// }
import * as z from 'zod/mini';
import { instanceKey } from '#core/ports/work-queue.ts';
import { instanceIdSchema } from './instance-id.ts';
import { type InboundEvent, ignored, malformed } from './parsed-event.ts';

/**
 * The states after which something can be done, for the EventBridge rule too. `pending` and `stopping`
 * are left out: EC2 refuses attachments in them, and the state that follows has an event of its own.
 */
const RELEVANT_INSTANCE_STATES: readonly string[] = [
  'running',
  'stopped',
  'shutting-down',
  'terminated',
];

const schema = z.object({
  detail: z.object({ 'instance-id': instanceIdSchema, state: z.string() }),
});

/** "State change events for your instances", Amazon EC2 User Guide. It carries no tags, so any instance of the account comes by. */
export const EC2_INSTANCE_STATE_CHANGE: InboundEvent = {
  source: 'aws.ec2',
  detailType: 'EC2 Instance State-change Notification',
  parse(event) {
    const parsed = schema.safeParse(event);
    if (!parsed.success) return malformed(parsed.error.issues);
    const { 'instance-id': instanceId, state } = parsed.data.detail;
    if (!RELEVANT_INSTANCE_STATES.includes(state)) return ignored('irrelevant', `state ${state}`);
    return { kind: 'work', keys: [instanceKey(instanceId)], facts: { state } };
  },
};
