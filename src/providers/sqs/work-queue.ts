import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { CallError } from '#core/errors.ts';
import {
  type DelayedReconcile,
  encodeDelayedReconcile,
  encodeWorkMessage,
} from '#core/events/work-message.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { WorkKey, WorkQueue } from '#core/ports/work-queue.ts';
import type { SqsApi } from './sqs-api.ts';

/** A FIFO queue and the delay it is configured with. */
export interface FifoQueue {
  readonly url: string;
  readonly delaySeconds: number;
}

interface Dependencies {
  readonly sqs: SqsApi;
  readonly clock: Clock;
  readonly work: FifoQueue;
  readonly rollUp: FifoQueue;
  readonly delay: { readonly url: string };
}

/** The work queue, and the way back from the delay queue that only the requeue function takes. */
export interface SqsWorkQueue extends WorkQueue {
  forward(reconciles: readonly DelayedReconcile[]): Promise<void>;
}

type Entry = NonNullable<Parameters<SqsApi['sendMessageBatch']>[0]['Entries']>[number];

/** SendMessageBatch takes ten entries; DelaySeconds at most 15 minutes (Amazon SQS API Reference). */
const MOST_ENTRIES = 10;
/** A hint to a whole fleet waits for few answers, and stays below the 300 calls a second of a FIFO queue ("Amazon SQS quotas"). */
const BATCHES_AT_ONCE = 5;
const LONGEST_DELAY_SECONDS = 900;
const GRID_SECONDS = 5;
/** Width of the window in which hints merge where the queue has no delay of its own. */
const SHORTEST_WINDOW_SECONDS = 0.1;

const chunksOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** One group a subject: reconciles of one instance or NodeENI never overlap. Under the 128 characters SQS allows. */
const groupOf = (key: WorkKey): string =>
  key.kind === 'instance' ? `i/${key.instanceId}` : `n/${digestOf(key.name)}`;

/** Hints and delayed reconciles over SQS, so that equal ones merge and none is lost. */
export const createSqsWorkQueue = ({
  sqs,
  clock,
  work,
  rollUp,
  delay,
}: Dependencies): SqsWorkQueue => {
  const sendBatch = async (QueueUrl: string, batch: readonly Entry[]): Promise<void> => {
    const Entries = batch.map((entry, index) => ({ ...entry, Id: `${index}` }));
    const { Failed = [] } = await sqs.sendMessageBatch({ QueueUrl, Entries });
    if (Failed[0] !== undefined)
      throw new CallError(
        'Unknown',
        Failed[0].Code ?? 'SendFailed',
        `SendMessageBatch: ${Failed.length} of ${batch.length} messages were refused`,
      );
  };

  const send = async (url: string, entries: readonly Entry[]): Promise<void> => {
    const batches = chunksOf(entries, MOST_ENTRIES);
    for (const together of chunksOf(batches, BATCHES_AT_ONCE))
      await Promise.all(together.map((batch) => sendBatch(url, batch)));
  };

  const queueOf = (key: WorkKey): FifoQueue => (key.kind === 'instance' ? work : rollUp);

  const sendFifo = async (keys: readonly WorkKey[], deduplicationId: (key: WorkKey) => string) => {
    for (const queue of [work, rollUp]) {
      const own = keys.filter((key) => queueOf(key) === queue);
      const entries = own.map((key) => ({
        Id: '',
        MessageBody: encodeWorkMessage(key),
        MessageGroupId: groupOf(key),
        MessageDeduplicationId: deduplicationId(key),
      }));
      await send(queue.url, [
        ...new Map(entries.map((entry) => [entry.MessageDeduplicationId, entry])).values(),
      ]);
    }
  };

  return {
    // The message of a window becomes visible one delay after its first hint, hence after its last one too.
    hint: (keys) => {
      const now = clock.now().getTime() / 1000;
      return sendFifo(keys, (key) => {
        const width = Math.max(queueOf(key).delaySeconds, SHORTEST_WINDOW_SECONDS);
        return `${groupOf(key)}/${Math.floor(now / width)}`;
      });
    },

    async requeueAfter(key, delaySeconds) {
      const now = clock.now().getTime() / 1000;
      const capped = Math.min(delaySeconds, LONGEST_DELAY_SECONDS - GRID_SECONDS);
      const due = Math.ceil((now + capped) / GRID_SECONDS) * GRID_SECONDS;
      await send(delay.url, [
        {
          Id: '',
          MessageBody: encodeDelayedReconcile({ key, due }),
          DelaySeconds: Math.ceil(due - now),
        },
      ]);
    },

    forward: async (reconciles) => {
      for (const { key, due } of reconciles) await sendFifo([key], () => `${groupOf(key)}@${due}`);
    },
  };
};
