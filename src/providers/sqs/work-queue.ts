import { randomUUID } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type DelayedReconcile,
  encodeDelayedReconcile,
  encodeWorkMessage,
} from '#core/events/work-message.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { WorkKey, WorkQueue } from '#core/ports/work-queue.ts';
import { sendBatches } from './send-batches.ts';
import { createSentOnce } from './sent-once.ts';
import type { SqsApi } from './sqs-api.ts';

interface QueueOfUrl {
  readonly url: string;
}

/** How long hints wait in the delay queue, in seconds. */
export interface Waits {
  /** Until what an admission webhook was called for is stored. */
  readonly announced: number;
  /** Width of the window in which hints of one NodeENI are one roll-up. */
  readonly rollUp: number;
  /** What a delay is a multiple of. */
  readonly step: number;
}

interface Dependencies {
  readonly sqs: SqsApi;
  readonly clock: Clock;
  readonly work: QueueOfUrl;
  readonly rollUp: QueueOfUrl;
  readonly delay: QueueOfUrl;
  readonly waits?: Waits;
}

/** The work queue, and the way back from the delay queue that only the requeue function takes. */
export interface SqsWorkQueue extends WorkQueue {
  forward(reconciles: readonly DelayedReconcile[]): Promise<void>;
}

/** SQS delays a message by whole seconds ("SendMessage", Amazon SQS API Reference). */
const DEPLOYED_WAITS: Waits = { announced: 2, rollUp: 5, step: 1 };

/** DelaySeconds is at most 15 minutes ("SendMessage", Amazon SQS API Reference). */
const LONGEST_DELAY_SECONDS = 900;
const GRID_SECONDS = 5;

const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** One group a subject: reconciles of one instance or NodeENI never overlap. Under the 128 characters SQS allows. */
const groupOf = (key: WorkKey): string => {
  switch (key.kind) {
    case 'instance':
      return `i/${key.instanceId}`;
    case 'node-eni':
      return `n/${digestOf(key.name)}`;
    case 'namespace':
      return `s/${key.name}`;
    default:
      return key satisfies never;
  }
};

const isInstance = ({ kind }: WorkKey): boolean => kind === 'instance';

const distinct = (keys: readonly WorkKey[]): readonly WorkKey[] => [
  ...new Map(keys.map((key) => [groupOf(key), key])).values(),
];

/**
 * Hints and delayed reconciles over SQS, so that equal ones merge and none is lost. A hint of an instance is a message of its
 * own: its group waits while one of them is worked on, and then comes in one batch. What is due at the same time is one
 * message, since nobody asks for a time that has come already.
 */
export const createSqsWorkQueue = ({
  sqs,
  clock,
  work,
  rollUp,
  delay,
  waits = DEPLOYED_WAITS,
}: Dependencies): SqsWorkQueue => {
  const sendOnce = createSentOnce(groupOf);

  const sendFifo = (key: WorkKey, deduplicationId: string) => ({
    MessageBody: encodeWorkMessage(key),
    MessageGroupId: groupOf(key),
    MessageDeduplicationId: deduplicationId,
  });

  /** Sends it not before so many seconds, at a multiple of the grid. */
  const sendLater = (
    keys: readonly WorkKey[],
    { seconds, grid }: { readonly seconds: number; readonly grid: number },
  ): Promise<void> => {
    const now = clock.now().getTime() / 1000;
    const due = Math.ceil((now + seconds) / grid) * grid;
    const DelaySeconds = Math.ceil((due - now) / waits.step) * waits.step;
    return sendOnce({ items: keys, due, now }, (unsent) =>
      sendBatches(
        sqs,
        delay.url,
        unsent.map((key) => ({ MessageBody: encodeDelayedReconcile({ key, due }), DelaySeconds })),
      ),
    );
  };

  const gather = (keys: readonly WorkKey[], seconds: number): Promise<void> =>
    sendLater(
      keys.filter((key) => !isInstance(key)),
      { seconds, grid: waits.rollUp },
    );

  return {
    async hint(keys) {
      // An id of its own, or it would be swallowed after one that has been taken already.
      const entries = distinct(keys.filter(isInstance)).map((key) => sendFifo(key, randomUUID()));
      // A whole step, so that clocks that differ a little do not ask for a window that is over.
      await Promise.all([sendBatches(sqs, work.url, entries), gather(keys, waits.step)]);
    },

    async announce(keys) {
      const { announced: seconds, step: grid } = waits;
      await Promise.all([
        sendLater(keys.filter(isInstance), { seconds, grid }),
        gather(keys, seconds),
      ]);
    },

    requeueAfter: (key, delaySeconds) =>
      sendLater([key], {
        seconds: Math.min(delaySeconds, LONGEST_DELAY_SECONDS - GRID_SECONDS),
        grid: GRID_SECONDS,
      }),

    forward: async (reconciles) => {
      for (const queue of [work, rollUp]) {
        const own = reconciles.filter(({ key }) => isInstance(key) === (queue === work));
        const entries = own.map(({ key, due }) => sendFifo(key, `${groupOf(key)}@${due}`));
        await sendBatches(sqs, queue.url, [
          ...new Map(entries.map((entry) => [entry.MessageDeduplicationId, entry])).values(),
        ]);
      }
    },
  };
};
