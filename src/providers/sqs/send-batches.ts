import { CallError } from '#core/errors.ts';
import type { SqsApi } from './sqs-api.ts';

export type Entry = Omit<
  NonNullable<Parameters<SqsApi['sendMessageBatch']>[0]['Entries']>[number],
  'Id'
>;

/** SendMessageBatch takes ten entries (Amazon SQS API Reference). */
const MOST_ENTRIES = 10;
/** A hint to a whole fleet waits for few answers, and stays below the 300 calls a second of a FIFO queue ("Amazon SQS quotas"). */
const BATCHES_AT_ONCE = 5;

const chunksOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** Sends messages to one queue. Throws `CallError` when the queue refuses one of them. */
export const sendBatches = async (
  sqs: SqsApi,
  QueueUrl: string,
  entries: readonly Entry[],
): Promise<void> => {
  const sendBatch = async (batch: readonly Entry[]): Promise<void> => {
    const Entries = batch.map((entry, index) => ({ ...entry, Id: `${index}` }));
    const { Failed = [] } = await sqs.sendMessageBatch({ QueueUrl, Entries });
    if (Failed[0] !== undefined)
      throw new CallError(
        'Unknown',
        Failed[0].Code ?? 'SendFailed',
        `SendMessageBatch: ${Failed.length} of ${batch.length} messages were refused`,
      );
  };
  for (const together of chunksOf(chunksOf(entries, MOST_ENTRIES), BATCHES_AT_ONCE))
    await Promise.all(together.map(sendBatch));
};
