import type {
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';
import type { SqsApi } from '#providers/sqs/sqs-api.ts';
import { type InMemoryQueueOptions, InMemoryQueues } from '#runtime/in-memory-queues.ts';
import type { Message } from '#runtime/message.ts';
import type { MessageQueue } from '#runtime/message-queue.ts';
import { admitEntries } from './admit-entries.ts';
import type { Disturbance } from './disturbance.ts';
import { sqsException } from './send-rules.ts';

export interface QueueOptions extends InMemoryQueueOptions {
  readonly hasContentDeduplication?: boolean;
  /** What may happen to each message of a standard queue on its way. */
  readonly disturbance?: Disturbance;
}

export interface SimulatedSqsOptions {
  readonly clock: Clock;
  /** Most messages of one receive. Default 10, as in AWS. */
  readonly maximumReceive?: number;
}

interface Queue {
  readonly options: QueueOptions;
  readonly isFifo: boolean;
  readonly queue: MessageQueue;
}

/** SQS in memory: the queues of a process, with what AWS refuses, disturbs, passes on and counts. */
export class SimulatedSqs implements SqsApi {
  readonly maximumReceive: number;
  readonly #inMemory: InMemoryQueues;
  readonly #queues = new Map<string, Queue>();
  readonly #requests = new Map<string, number>();

  constructor({ clock, maximumReceive = 10 }: SimulatedSqsOptions) {
    this.maximumReceive = maximumReceive;
    this.#inMemory = new InMemoryQueues(clock);
  }

  /** Out: the queue's URL. A FIFO queue needs FIFO dead letters ("Dead-letter queues", SQS). */
  createQueue(options: QueueOptions): string {
    const { name, deadLetters } = options;
    const isFifo = name.endsWith('.fifo');
    if (deadLetters && this.#find(deadLetters.queueUrl).isFifo !== isFifo)
      throw invalid('Dead-letter queue must be same type of queue as the source.');
    const queueUrl = this.#inMemory.createQueue(options);
    this.#queues.set(queueUrl, { options, isFifo, queue: this.#inMemory.queue(queueUrl) });
    return queueUrl;
  }

  /** Refuses a whole batch by an SQSServiceException, and single entries in `Failed`. */
  async sendMessageBatch({
    QueueUrl = '',
    Entries = [],
  }: SendMessageBatchCommandInput): Promise<SendMessageBatchCommandOutput> {
    const { options, isFifo } = this.#find(QueueUrl);
    this.#countRequest(QueueUrl);
    const { taken, failed } = admitEntries(Entries, { ...options, isFifo });
    const successful = taken.map((entry) => {
      const extraDelaysMs = isFifo ? undefined : options.disturbance?.();
      return this.#inMemory.send(QueueUrl, entry, extraDelaysMs);
    });
    return {
      Successful: successful,
      Failed: failed.length === 0 ? undefined : [...failed],
      $metadata: { httpStatusCode: 200 },
    };
  }

  /** Up to `maximum` messages as Lambda gets them; in flight until the visibility timeout. */
  receive(queueUrl: string, maximum: number): readonly SQSRecord[] {
    if (!(maximum >= 1 && maximum <= this.maximumReceive))
      throw invalid(
        `Value ${maximum} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and ${this.maximumReceive}, if provided.`,
      );
    const received = this.#find(queueUrl).queue.receive(maximum);
    if (received.length > 0) this.#countRequest(queueUrl);
    return received;
  }

  /**
   * Deletes messages by their handles. Out: the handles refused, which only a FIFO queue does: the message is
   * visible again and may be with somebody else ("DeleteMessage", Amazon SQS API Reference).
   */
  deleteMessages(queueUrl: string, receiptHandles: readonly string[]): readonly string[] {
    const { queue, isFifo } = this.#find(queueUrl);
    this.#countRequest(queueUrl);
    const states = queue.delete(receiptHandles);
    return receiptHandles.filter((_, index) => isFifo && states[index] === 'stale');
  }

  /** Moves messages that were received to the dead letters of their queue; without those they are lost. */
  giveUp(queueUrl: string, receiptHandles: readonly string[]): void {
    const { queue } = this.#find(queueUrl);
    this.#countRequest(queueUrl);
    for (const receiptHandle of receiptHandles) queue.giveUp(receiptHandle);
  }

  /** From now on the message stays in flight for this long; 0 makes it visible at once. */
  changeVisibility(queueUrl: string, receiptHandle: string, timeoutSeconds: number): void {
    const state = this.#find(queueUrl).queue.changeVisibility(receiptHandle, timeoutSeconds);
    if (state !== 'current')
      throw invalid(
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
  }

  /** When the next message can be received if nothing else happens (it may be now); undefined: never. */
  nextVisibleAt(queueUrl: string): Date | undefined {
    return this.#find(queueUrl).queue.nextVisibleAt();
  }

  /** Calls the listener whenever `nextVisibleAt` may have changed. Out: a function that ends this. */
  onMessage(queueUrl: string, listener: () => void): () => void {
    return this.#find(queueUrl).queue.onMessage(listener);
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

  #find(queueUrl: string): Queue {
    const queue = this.#queues.get(queueUrl);
    if (queue !== undefined) return queue;
    throw sqsException({
      code: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  }
}

const invalid = (message: string) => sqsException({ code: 'InvalidParameterValue', message });
