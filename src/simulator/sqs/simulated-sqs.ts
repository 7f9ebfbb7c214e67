import { createHash } from 'node:crypto';
import type {
  BatchResultErrorEntry,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SendMessageBatchRequestEntry,
  SendMessageBatchResultEntry,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';
import type { SqsApi } from '#providers/sqs/sqs-api.ts';
import { currentLineage } from '#simulator/lambda/lineage.ts';
import type { Disturbance } from './disturbance.ts';
import { type Message, type QueueIdentity, recordOf } from './message.ts';
import { MessageQueue, type Sent } from './message-queue.ts';
import { errorOf, resultOf } from './send-answer.ts';
import { batchRefusal, entryRefusal, type Refusal, sqsException } from './send-rules.ts';

export interface QueueOptions {
  /** A name that ends in `.fifo` makes a FIFO queue. */
  readonly name: string;
  /** Delay of every message, counted from its first send. Default 0. */
  readonly delaySeconds?: number;
  /** Default 30, as in AWS. */
  readonly visibilityTimeoutSeconds?: number;
  readonly hasContentDeduplication?: boolean;
  readonly deadLetters?: { readonly queueUrl: string; readonly maximumReceives: number };
  /** What may happen to each message of a standard queue on its way. */
  readonly disturbance?: Disturbance;
}

export interface SimulatedSqsOptions {
  readonly clock: Clock;
  /** Most messages of one receive. Default 10, as in AWS; `local` has no such limit. */
  readonly maximumReceive?: number;
  readonly region?: string;
  readonly accountId?: string;
}

interface Queue {
  readonly options: QueueOptions;
  readonly isFifo: boolean;
  readonly identity: QueueIdentity;
  readonly queue: MessageQueue;
  readonly toDeadLetters: (message: Message) => void;
  readonly listeners: Set<() => void>;
}

type Outcome = { readonly sent: Sent } | { readonly refusal: Refusal };

/** SQS in memory: FIFO and standard queues by URL, on any clock. */
export class SimulatedSqs implements SqsApi {
  readonly maximumReceive: number;
  readonly #clock: Clock;
  readonly #region: string;
  readonly #accountId: string;
  readonly #queues = new Map<string, Queue>();
  readonly #requests = new Map<string, number>();
  #messages = 0;

  constructor(options: SimulatedSqsOptions) {
    const {
      clock,
      maximumReceive = 10,
      region = 'us-east-1',
      accountId = '123456789012',
    } = options;
    this.#clock = clock;
    this.maximumReceive = maximumReceive;
    this.#region = region;
    this.#accountId = accountId;
  }

  /** Out: the queue's URL. A FIFO queue needs FIFO dead letters ("Dead-letter queues", SQS). */
  createQueue(options: QueueOptions): string {
    const { name, deadLetters, visibilityTimeoutSeconds = 30 } = options;
    const isFifo = name.endsWith('.fifo');
    const deadLetterQueue = deadLetters && this.#find(deadLetters.queueUrl);
    if (deadLetterQueue !== undefined && deadLetterQueue.isFifo !== isFifo) {
      throw sqsException({
        code: 'InvalidParameterValue',
        message: 'Dead-letter queue must be same type of queue as the source.',
      });
    }
    const queueUrl = `https://sqs.${this.#region}.amazonaws.com/${this.#accountId}/${name}`;
    const queueArn = `arn:aws:sqs:${this.#region}:${this.#accountId}:${name}`;
    const toDeadLetters = (message: Message): void => {
      const { receiptHandle: _handle, firstReceivedAtMs: _first, ...rest } = message;
      deadLetterQueue?.queue.add({ ...rest, receiveCount: 0, deadLetterSourceArn: queueArn });
      for (const listener of deadLetterQueue?.listeners ?? []) listener();
    };
    const queue = new MessageQueue({
      isFifo,
      visibilityTimeoutMs: visibilityTimeoutSeconds * 1000,
      maximumReceives: deadLetters?.maximumReceives ?? Number.POSITIVE_INFINITY,
      toDeadLetters,
    });
    const identity = { queueArn, region: this.#region, accountId: this.#accountId };
    this.#queues.set(queueUrl, {
      ...{ options, isFifo, identity, queue, toDeadLetters },
      listeners: new Set(),
    });
    return queueUrl;
  }

  /** Refuses a whole batch by an SQSServiceException, and single entries in `Failed`. */
  async sendMessageBatch({
    QueueUrl = '',
    Entries = [],
  }: SendMessageBatchCommandInput): Promise<SendMessageBatchCommandOutput> {
    const queue = this.#find(QueueUrl);
    this.#countRequest(QueueUrl);
    const refusal = batchRefusal(Entries);
    if (refusal !== undefined) throw sqsException(refusal);
    const successful: SendMessageBatchResultEntry[] = [];
    const failed: BatchResultErrorEntry[] = [];
    for (const entry of Entries) {
      const outcome = this.#send(queue, entry);
      if ('sent' in outcome) successful.push(resultOf(entry, outcome.sent));
      else failed.push(errorOf(entry, outcome.refusal));
    }
    for (const listener of queue.listeners) listener();
    return {
      Successful: successful,
      Failed: failed.length === 0 ? undefined : failed,
      $metadata: { httpStatusCode: 200 },
    };
  }

  /** Up to `maximum` messages as Lambda gets them; in flight until the visibility timeout. */
  receive(queueUrl: string, maximum: number): readonly SQSRecord[] {
    if (!(maximum >= 1 && maximum <= this.maximumReceive)) {
      throw sqsException({
        code: 'InvalidParameterValue',
        message: `Value ${maximum} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and ${this.maximumReceive}, if provided.`,
      });
    }
    const { queue, identity } = this.#find(queueUrl);
    const received = queue.receive(maximum, this.#nowMs());
    if (received.length > 0) this.#countRequest(queueUrl);
    return received.map((message) => recordOf(message, identity));
  }

  /**
   * Deletes messages by their handles. Out: the handles refused, which only a FIFO queue does: the message is
   * visible again and may be with somebody else ("DeleteMessage", Amazon SQS API Reference).
   */
  deleteMessages(queueUrl: string, receiptHandles: readonly string[]): readonly string[] {
    const { queue, isFifo, listeners } = this.#find(queueUrl);
    this.#countRequest(queueUrl);
    const nowMs = this.#nowMs();
    const refused = receiptHandles.filter(
      (receiptHandle) => queue.delete(receiptHandle, nowMs) === 'stale' && isFifo,
    );
    for (const listener of listeners) listener();
    return refused;
  }

  /** Moves messages that were received to the dead letters of their queue; without those they are lost. */
  giveUp(queueUrl: string, receiptHandles: readonly string[]): void {
    const { queue, toDeadLetters } = this.#find(queueUrl);
    const given = queue.messages.filter(
      ({ receiptHandle }) => receiptHandle !== undefined && receiptHandles.includes(receiptHandle),
    );
    for (const message of given) toDeadLetters(message);
    this.deleteMessages(queueUrl, receiptHandles);
  }

  /** From now on the message stays in flight for this long; 0 makes it visible at once. */
  changeVisibility(queueUrl: string, receiptHandle: string, timeoutSeconds: number): void {
    const { queue, listeners } = this.#find(queueUrl);
    const nowMs = this.#nowMs();
    const state = queue.changeVisibility(receiptHandle, nowMs + timeoutSeconds * 1000, nowMs);
    if (state !== 'current') {
      throw sqsException({
        code: 'InvalidParameterValue',
        message: `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      });
    }
    for (const listener of listeners) listener();
  }

  /** When the next message can be received if nothing else happens (it may be now); undefined: never. */
  nextVisibleAt(queueUrl: string): Date | undefined {
    const nextMs = this.#find(queueUrl).queue.nextVisibleAtMs();
    return nextMs === undefined ? undefined : new Date(nextMs);
  }

  /** Calls the listener whenever `nextVisibleAt` may have changed. Out: a function that ends this. */
  onMessage(queueUrl: string, listener: () => void): () => void {
    const { listeners } = this.#find(queueUrl);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Requests for batches of messages so far: sends, deletes, and receives that brought something. */
  requestsTo(queueUrl: string): number {
    return this.#requests.get(queueUrl) ?? 0;
  }

  /** Everything in a queue: delayed, visible and in flight. */
  messagesIn(queueUrl: string): readonly Message[] {
    return this.#find(queueUrl).queue.messages;
  }

  #countRequest(queueUrl: string): void {
    this.#requests.set(queueUrl, this.requestsTo(queueUrl) + 1);
  }

  #send(target: Queue, entry: SendMessageBatchRequestEntry): Outcome {
    const { options, isFifo, queue } = target;
    const { hasContentDeduplication = false, delaySeconds = 0, disturbance } = options;
    const refusal = entryRefusal(entry, { isFifo, hasContentDeduplication });
    if (refusal !== undefined) return { refusal };
    const { MessageBody: body = '', DelaySeconds = delaySeconds } = entry;
    const sentAtMs = this.#nowMs();
    const visibleAtMs = sentAtMs + DelaySeconds * 1000;
    const lineage = currentLineage();
    const message = {
      ...{ body, sentAtMs, visibleAtMs, receiveCount: 0 },
      ...(lineage > 0 && { lineage }),
    };
    if (!isFifo) {
      const sent = { messageId: this.#newMessageId() };
      for (const delayMs of disturbance?.() ?? [0]) {
        queue.add({ ...message, ...sent, visibleAtMs: visibleAtMs + delayMs });
      }
      return { sent };
    }
    const { MessageGroupId = '', MessageDeduplicationId: deduplicationId = sha256Of(body) } = entry;
    const earlier = queue.duplicateOf(deduplicationId, sentAtMs);
    if (earlier !== undefined) return { sent: earlier };
    const messageId = this.#newMessageId();
    const sent = { messageId, sequenceNumber: `${this.#messages}`.padStart(20, '0') };
    queue.add({ ...message, ...sent, groupId: MessageGroupId, deduplicationId });
    queue.remember(deduplicationId, sent, sentAtMs);
    return { sent };
  }

  #find(queueUrl: string): Queue {
    const queue = this.#queues.get(queueUrl);
    if (queue !== undefined) return queue;
    throw sqsException({
      code: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  }

  #nowMs(): number {
    return this.#clock.now().getTime();
  }

  /** Counted, so that a seeded run gives the same ids each time. */
  #newMessageId(): string {
    this.#messages += 1;
    return `00000000-0000-4000-9000-${this.#messages.toString(16).padStart(12, '0')}`;
  }
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
