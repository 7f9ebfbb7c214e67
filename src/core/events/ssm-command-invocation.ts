// {
//   "version": "0", "id": "51c0891d-0e34-45b1-83d6-95db273d1602",
//   "detail-type": "EC2 Command Invocation Status-change Notification", "source": "aws.ssm",
//   "account": "123456789012", "time": "2026-07-10T21:51:32Z", "region": "us-east-1",
//   "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-0abcdef1234567890"],
//   "detail": {
//     "command-id": "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b", "document-name": "nodeeni-production",
//     "instance-id": "i-0abcdef1234567890", "requested-date-time": "2026-07-10T21:51:30.049Z", "status": "Success"
//   }
// }
import * as z from 'zod/mini';
import { DOCUMENT_PREFIX } from '#core/manifests/ssm-document.ts';
import { instanceKey } from '#core/ports/work-queue.ts';
import { instanceIdSchema } from './instance-id.ts';
import { type InboundEvent, ignored, malformed } from './parsed-event.ts';

/** The statuses a command ends in, for the EventBridge rule too ("Understanding command statuses", AWS Systems Manager User Guide). */
const ENDED_STATUSES: readonly string[] = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

const schema = z.object({
  detail: z.object({
    'document-name': z.string(),
    'instance-id': z.string(),
    status: z.string(),
  }),
});

/**
 * "Amazon EventBridge event examples for Systems Manager", AWS Systems Manager User Guide. It does not carry the result,
 * and commands of the whole account come by.
 */
export const SSM_COMMAND_INVOCATION: InboundEvent = {
  source: 'aws.ssm',
  detailType: 'EC2 Command Invocation Status-change Notification',
  parse(event) {
    const parsed = schema.safeParse(event);
    if (!parsed.success) return malformed(parsed.error.issues);
    const { 'document-name': documentName, status, ...detail } = parsed.data.detail;
    if (!documentName.startsWith(DOCUMENT_PREFIX)) return ignored('irrelevant', 'another document');
    if (!ENDED_STATUSES.includes(status)) return ignored('irrelevant', `status ${status}`);
    const instanceId = instanceIdSchema.safeParse(detail['instance-id']);
    // A hybrid node (`mi-…`) is no EC2 instance, and no command of ours goes there.
    if (!instanceId.success) return ignored('irrelevant', 'no EC2 instance');
    return { kind: 'work', keys: [instanceKey(instanceId.data)], facts: { status } };
  },
};
