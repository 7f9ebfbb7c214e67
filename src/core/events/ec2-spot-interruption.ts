// {
//   "version": "0", "id": "12345678-1234-1234-1234-123456789012",
//   "detail-type": "EC2 Spot Instance Interruption Warning", "source": "aws.ec2",
//   "account": "123456789012", "time": "2026-11-11T21:29:54Z", "region": "us-east-2",
//   "resources": ["arn:aws:ec2:us-east-2b:instance/i-0abcdef1234567890"],
//   "detail": { "instance-id": "i-0abcdef1234567890", "instance-action": "terminate" }
// }
import * as z from 'zod/mini';
import { instanceKey } from '#core/ports/work-queue.ts';
import { instanceIdSchema } from './instance-id.ts';
import { type InboundEvent, malformed } from './parsed-event.ts';

const schema = z.object({
  detail: z.object({ 'instance-id': instanceIdSchema, 'instance-action': z.string() }),
});

/**
 * "Spot Instance interruption notices", Amazon EC2 User Guide: two minutes remain. The reconcile it asks for is
 * the last one that can set a drifted delete-on-termination right. A rebalance recommendation is no
 * deadline and changes nothing, so it has no parser.
 */
export const EC2_SPOT_INTERRUPTION: InboundEvent = {
  source: 'aws.ec2',
  detailType: 'EC2 Spot Instance Interruption Warning',
  parse(event) {
    const parsed = schema.safeParse(event);
    if (!parsed.success) return malformed(parsed.error.issues);
    const { 'instance-id': instanceId, 'instance-action': action } = parsed.data.detail;
    return { kind: 'work', keys: [instanceKey(instanceId)], facts: { action } };
  },
};
