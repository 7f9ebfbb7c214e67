import type {
  BatchResultErrorEntry,
  SendMessageBatchRequestEntry,
  SendMessageBatchResultEntry,
} from '@aws-sdk/client-sqs';
import { md5Of } from './message.ts';
import type { Sent } from './message-queue.ts';
import type { Refusal } from './send-rules.ts';

/** What SendMessageBatch answers for an entry that it took. */
export const resultOf = (
  { Id, MessageBody = '' }: SendMessageBatchRequestEntry,
  { messageId, sequenceNumber }: Sent,
): SendMessageBatchResultEntry => ({
  Id,
  MessageId: messageId,
  MD5OfMessageBody: md5Of(MessageBody),
  ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
});

/** What it answers for one that it refused. */
export const errorOf = (
  { Id }: SendMessageBatchRequestEntry,
  { code, message }: Refusal,
): BatchResultErrorEntry => ({ Id, SenderFault: true, Code: code, Message: message });
