import { type SendMessageBatchRequestEntry, SQSServiceException } from '@aws-sdk/client-sqs';

/** A refusal, by its SQS code. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const MAXIMUM_ENTRIES = 10;
const MAXIMUM_BYTES = 1_048_576;
const MAXIMUM_DELAY_SECONDS = 900;

/** The SDK's error for a request that SQS refuses whole. */
export const sqsException = ({ code, message }: Refusal): SQSServiceException =>
  new SQSServiceException({
    name: code,
    message,
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });

/** Why a whole batch is refused ("SendMessageBatch", Amazon SQS API Reference); undefined when it is not. */
export const batchRefusal = (
  entries: readonly SendMessageBatchRequestEntry[],
): Refusal | undefined => {
  const ids = entries.map(({ Id }) => Id ?? '');
  const bytes = entries.reduce(
    (sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody),
    0,
  );
  const invalidId = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  const rules: readonly (readonly [boolean, string, string])[] = [
    [entries.length === 0, 'EmptyBatchRequest', 'There should be at least one entry.'],
    [
      entries.length > MAXIMUM_ENTRIES,
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAXIMUM_ENTRIES}. You have sent ${entries.length}.`,
    ],
    [invalidId !== undefined, 'InvalidBatchEntryId', 'A batch entry id is not valid.'],
    [new Set(ids).size < ids.length, 'BatchEntryIdsNotDistinct', 'Two entries have the same id.'],
    [
      bytes > MAXIMUM_BYTES,
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAXIMUM_BYTES} bytes. You have sent ${bytes} bytes.`,
    ],
  ];
  const broken = rules.find(([isBroken]) => isBroken);
  return broken && { code: broken[1], message: broken[2] };
};

const fifoRefusal = (
  { MessageGroupId, MessageDeduplicationId, DelaySeconds }: SendMessageBatchRequestEntry,
  hasContentDeduplication: boolean,
): Refusal | undefined => {
  if (DelaySeconds !== undefined) {
    return {
      code: 'InvalidParameterValue',
      message: `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    };
  }
  if (MessageGroupId === undefined || MessageGroupId === '') {
    return {
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageGroupId.',
    };
  }
  const tooLong = [MessageGroupId, MessageDeduplicationId ?? ''].find((id) => id.length > 128);
  if (tooLong !== undefined) {
    return { code: 'InvalidParameterValue', message: `${tooLong} is longer than 128 characters.` };
  }
  if (MessageDeduplicationId !== undefined || hasContentDeduplication) return undefined;
  return {
    code: 'InvalidParameterValue',
    message:
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  };
};

const standardRefusal = ({ DelaySeconds = 0 }: SendMessageBatchRequestEntry) =>
  DelaySeconds >= 0 && DelaySeconds <= MAXIMUM_DELAY_SECONDS
    ? undefined
    : {
        code: 'InvalidParameterValue',
        message: `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAXIMUM_DELAY_SECONDS}.`,
      };

/**
 * Why one entry is refused, the others not. A FIFO queue takes no delay of a single message, and group and
 * deduplication ids of 128 characters at most ("SendMessage", Amazon SQS API Reference).
 */
export const entryRefusal = (
  entry: SendMessageBatchRequestEntry,
  queue: { readonly isFifo: boolean; readonly hasContentDeduplication: boolean },
): Refusal | undefined => {
  if (entry.MessageBody === undefined || entry.MessageBody === '') {
    return {
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageBody.',
    };
  }
  return queue.isFifo ? fifoRefusal(entry, queue.hasContentDeduplication) : standardRefusal(entry);
};
