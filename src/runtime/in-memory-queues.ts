import type { Clock } from '#core/ports/clock.ts';
import type { SqsApi } from '#providers/sqs/sqs-api.ts';
import { Deduplication, type Sent } from './deduplication.ts';
import { type Message, md5Of } from './message.ts';
import { MessageQueue } from './message-queue.ts';

type SendInput = Parameters<SqsApi['sendMessageBatch']>[0];
type SendOutput = Awaited<ReturnType<SqsApi['sendMessageBatch']>>;
type SendEntry = NonNullable<SendInput['Entries']>[number];
type SendResult = NonNullable<SendOutput['Successful']>[number];

export interface InMemoryQueueOptions {
  /** A name that ends in `.fifo` makes a FIFO queue. */
  readonly name: string;
  /** Delay of every message, counted from its first send. Default 0. */
  readonly delaySeconds?: number;
  /** Default 30, as in AWS. */
  readonly visibilityTimeoutSeconds?: number;
  readonly deadLetters?: { readonly queueUrl: string; readonly maximumReceives: number };
}

interface Target {
  readonly queue: MessageQueue;
  readonly delaySeconds: number;
  /** Of a FIFO queue. */
  readonly deduplication: Deduplication | undefined;
}

const REGION = 'us-east-1';
const ACCOUNT_ID = '123456789012';

/**
 * FIFO and standard queues that end with the process, by URL, on any clock. They take what SQS takes and give what Lambda
 * gets from it, without the limits of AWS.
 */
export class InMemoryQueues implements SqsApi {
  readonly #clock: Clock;
  readonly #targets = new Map<string, Target>();
  #messages = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Out: the queue's URL. */
  createQueue(options: InMemoryQueueOptions): string {
    const { name, delaySeconds = 0, visibilityTimeoutSeconds = 30, deadLetters } = options;
    const isFifo = name.endsWith('.fifo');
    const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`;
    const queueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${name}`;
    const queue = new MessageQueue({
      clock: this.#clock,
      identity: { queueArn, region: REGION, accountId: ACCOUNT_ID },
      isFifo,
      visibilityTimeoutSeconds,
      maximumReceives: deadLetters?.maximumReceives ?? Number.POSITIVE_INFINITY,
      deadLetters: deadLetters && this.queue(deadLetters.queueUrl),
    });
    const deduplication = isFifo ? new Deduplication() : undefined;
    this.#targets.set(queueUrl, { queue, delaySeconds, deduplication });
    return queueUrl;
  }

  /** Throws where there is no queue of this URL. */
  queue(queueUrl: string): MessageQueue {
    return this.#find(queueUrl).queue;
  }

  /** Everything in a queue: delayed, visible and in flight. */
  messagesIn(queueUrl: string): readonly Message[] {
    return this.queue(queueUrl).messages;
  }

  /** Takes every entry. */
  async sendMessageBatch({ QueueUrl = '', Entries = [] }: SendInput): Promise<SendOutput> {
    const Successful = Entries.map((entry) => this.send(QueueUrl, entry));
    return { Successful, Failed: undefined, $metadata: {} };
  }

  /**
   * Takes one message, unless its deduplication id has come before. `extraDelaysMs`: of each copy that arrives, in
   * milliseconds. Out: what SendMessageBatch answers for it.
   */
  send(queueUrl: string, entry: SendEntry, extraDelaysMs: readonly number[] = [0]): SendResult {
    const { queue, delaySeconds, deduplication } = this.#find(queueUrl);
    const { MessageBody: body = '', DelaySeconds = delaySeconds, MessageGroupId = '' } = entry;
    const { MessageDeduplicationId: deduplicationId = '', MessageSystemAttributes } = entry;
    const traceHeader = MessageSystemAttributes?.AWSTraceHeader?.StringValue;
    const sentAtMs = this.#clock.now().getTime();
    const earlier = deduplication?.duplicateOf(deduplicationId, sentAtMs);
    if (earlier !== undefined) return resultOf(entry, earlier);
    const sent = this.#newSent(deduplication !== undefined);
    for (const extraDelayMs of extraDelaysMs)
      queue.add({
        ...{ ...sent, body, sentAtMs, receiveCount: 0 },
        visibleAtMs: sentAtMs + DelaySeconds * 1000 + extraDelayMs,
        ...(deduplication && { groupId: MessageGroupId, deduplicationId }),
        ...(traceHeader !== undefined && { traceHeader }),
      });
    deduplication?.remember(deduplicationId, sent, sentAtMs);
    return resultOf(entry, sent);
  }

  #find(queueUrl: string): Target {
    const target = this.#targets.get(queueUrl);
    if (target === undefined) throw new Error(`There is no queue ${queueUrl}.`);
    return target;
  }

  /** Counted, so that a seeded run gives the same ids each time. */
  #newSent(isFifo: boolean): Sent {
    this.#messages += 1;
    const messageId = `00000000-0000-4000-9000-${this.#messages.toString(16).padStart(12, '0')}`;
    if (!isFifo) return { messageId };
    return { messageId, sequenceNumber: `${this.#messages}`.padStart(20, '0') };
  }
}

const resultOf = (
  { Id, MessageBody = '' }: SendEntry,
  { messageId, sequenceNumber }: Sent,
): SendResult => ({
  Id,
  MessageId: messageId,
  MD5OfMessageBody: md5Of(MessageBody),
  ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
});
