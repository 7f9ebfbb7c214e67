import { createHash } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';

/** A message in a queue. Times are milliseconds since the epoch. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly sentAtMs: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
  readonly deadLetterSourceArn?: string;
  /** What the sender passes on about its own caller. */
  readonly traceHeader?: string;
  /** From when it can be received: after its delay, and after the visibility timeout of its last receive. */
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: number;
  /** Of the last receive; older ones count no more. */
  readonly receiptHandle?: string;
}

export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex');

/** Where a message is received from. */
export interface QueueIdentity {
  readonly queueArn: string;
  readonly region: string;
  readonly accountId: string;
}

const fifoAttributes = ({ sequenceNumber, groupId, deduplicationId }: Message) =>
  sequenceNumber === undefined
    ? {}
    : {
        SequenceNumber: sequenceNumber,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
      };

/** The message as Lambda hands it to a function ("Using Lambda with Amazon SQS", AWS Lambda Developer Guide). */
export const recordOf = (
  message: Message,
  { queueArn, region, accountId }: QueueIdentity,
): SQSRecord => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle ?? '',
  body: message.body,
  attributes: {
    ApproximateReceiveCount: `${message.receiveCount}`,
    SentTimestamp: `${message.sentAtMs}`,
    SenderId: accountId,
    ApproximateFirstReceiveTimestamp: `${message.firstReceivedAtMs ?? message.sentAtMs}`,
    ...fifoAttributes(message),
    ...(message.traceHeader !== undefined && { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSourceArn && { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
  },
  messageAttributes: {},
  md5OfBody: md5Of(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});
