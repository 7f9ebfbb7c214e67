import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';
import { lineageOf } from '#simulator/sqs/message.ts';
import type { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { doneRecords } from './batch-outcome.ts';
import { createLambdaContext } from './context.ts';
import { inLineage, LONGEST_LINEAGE } from './lineage.ts';

/** Resolves to an SQSBatchResponse, or to nothing when all records are done. */
type SqsHandler = (event: SQSEvent, context: Context) => Promise<unknown>;

export interface EventSourceMappingOptions {
  readonly clock: Clock;
  readonly sqs: SimulatedSqs;
  readonly queueUrl: string;
  readonly functionName: string;
  readonly handler: SqsHandler;
  /** 1 to what a receive of the queue gives. Default 10. */
  readonly batchSize?: number;
  /** Invocations at once, 2 to 1000 ("ScalingConfig", AWS Lambda). Default 1000. */
  readonly maximumConcurrency?: number;
  readonly functionTimeoutSeconds: number;
  /** Whether the function may be called by what its own calls led to, however often. Default `Terminate`, as in AWS. */
  readonly recursiveLoop?: 'Allow' | 'Terminate';
  /** Aborting is the death of the process: no more polls, and what is in flight never ends. */
  readonly signal?: AbortSignal;
  /** Told of every invocation that threw or ran out of time. */
  readonly onError?: (error: unknown, records: readonly SQSRecord[]) => void;
}

interface Invocation {
  readonly records: readonly SQSRecord[];
  readonly deadlineMs: number;
}

const checkOptions = (batchSize: number, maximumConcurrency: number, sqs: SimulatedSqs): void => {
  if (!(batchSize >= 1 && batchSize <= sqs.maximumReceive)) {
    throw new RangeError(`batchSize is ${batchSize}: it must be 1 to ${sqs.maximumReceive}`);
  }
  if (!(maximumConcurrency >= 2 && maximumConcurrency <= 1000)) {
    throw new RangeError(`maximumConcurrency is ${maximumConcurrency}: it must be 2 to 1000`);
  }
};

/**
 * Lambda's event source mapping with ReportBatchItemFailures: invokes a function with batches of a queue.
 * Records that failed stay in flight until the visibility timeout, and with them, in a FIFO queue, the rest of
 * their group. It sleeps until something is visible.
 */
export class EventSourceMapping {
  readonly #options: EventSourceMappingOptions;
  readonly #batchSize: number;
  readonly #maximumConcurrency: number;
  readonly #alarm: Alarm;
  readonly #unsubscribe: () => void;
  readonly #inFlight = new Set<Invocation>();
  #onIdle: (() => void)[] = [];
  #isPolling = true;
  #isPumpDue = false;
  #requests = 0;

  constructor(options: EventSourceMappingOptions) {
    const { clock, sqs, queueUrl, signal, batchSize = 10, maximumConcurrency = 1000 } = options;
    checkOptions(batchSize, maximumConcurrency, sqs);
    this.#options = options;
    this.#batchSize = batchSize;
    this.#maximumConcurrency = maximumConcurrency;
    this.#alarm = createAlarm(clock, () => this.#pump());
    this.#unsubscribe = sqs.onMessage(queueUrl, () => this.#pumpSoon());
    signal?.addEventListener('abort', () => this.#die(), { once: true });
    if (signal?.aborted) this.#die();
    else this.#pumpSoon();
  }

  /** Invocations that are running. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Ends polling. Resolves when the running invocations ended or ran out of time. */
  async stop(): Promise<void> {
    this.#isPolling = false;
    this.#unsubscribe();
    if (this.#inFlight.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  /** Crashes the running invocations: whatever they answer later, their messages wait for the visibility timeout. */
  killInFlight(): void {
    this.#inFlight.clear();
    this.#settle();
  }

  #die(): void {
    this.#isPolling = false;
    this.#unsubscribe();
    this.killInFlight();
  }

  /** Several changes of one moment make one reconcile. */
  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    this.#endOverdue();
    while (this.#canInvoke()) {
      const { sqs, queueUrl } = this.#options;
      const records = sqs.receive(queueUrl, this.#batchSize);
      if (records.length === 0) break;
      const [going, ended] = this.#byLineage(records);
      if (ended.length > 0)
        sqs.giveUp(
          queueUrl,
          ended.map(({ receiptHandle }) => receiptHandle),
        );
      if (going.length > 0) void this.#invoke(going);
    }
    this.#setAlarm();
  }

  /** Those that may be worked on, and those that end a chain which is too long. */
  #byLineage(records: readonly SQSRecord[]): [SQSRecord[], SQSRecord[]] {
    const { recursiveLoop = 'Terminate' } = this.#options;
    const isTooLong = (record: SQSRecord) =>
      recursiveLoop === 'Terminate' && lineageOf(record) >= LONGEST_LINEAGE;
    return [records.filter((record) => !isTooLong(record)), records.filter(isTooLong)];
  }

  #canInvoke(): boolean {
    return this.#isPolling && this.#inFlight.size < this.#maximumConcurrency;
  }

  #setAlarm(): void {
    const { sqs, queueUrl } = this.#options;
    const nextMs = this.#canInvoke() ? sqs.nextVisibleAt(queueUrl)?.getTime() : undefined;
    if (nextMs !== undefined) this.#alarm.set(nextMs);
    const deadlines = [...this.#inFlight].map(({ deadlineMs }) => deadlineMs);
    if (deadlines.length > 0) this.#alarm.set(Math.min(...deadlines));
  }

  #endOverdue(): void {
    const { clock, functionTimeoutSeconds, onError } = this.#options;
    const nowMs = clock.now().getTime();
    for (const invocation of this.#inFlight) {
      if (nowMs < invocation.deadlineMs) continue;
      this.#inFlight.delete(invocation);
      const error = new Error(`Task timed out after ${functionTimeoutSeconds.toFixed(2)} seconds`);
      onError?.(error, invocation.records);
      this.#settle();
    }
  }

  async #invoke(records: readonly SQSRecord[]): Promise<void> {
    const { clock, handler, functionName, functionTimeoutSeconds: timeoutSeconds } = this.#options;
    this.#requests += 1;
    const awsRequestId = `00000000-0000-4000-a000-${this.#requests.toString(16).padStart(12, '0')}`;
    const context = createLambdaContext({ clock, functionName, timeoutSeconds, awsRequestId });
    const deadlineMs = clock.now().getTime() + timeoutSeconds * 1000;
    const invocation = { records, deadlineMs };
    this.#inFlight.add(invocation);
    try {
      const lineage = Math.max(...records.map(lineageOf)) + 1;
      const response = await inLineage(lineage, () => handler({ Records: [...records] }, context));
      this.#finish(invocation, doneRecords(records, response));
    } catch (error) {
      if (this.#finish(invocation, [])) this.#options.onError?.(error, records);
    }
  }

  /** False when the invocation was killed before: then its answer counts for nothing. */
  #finish(invocation: Invocation, done: readonly SQSRecord[]): boolean {
    if (!this.#inFlight.delete(invocation)) return false;
    const { sqs, queueUrl } = this.#options;
    if (done.length > 0) {
      const handles = done.map(({ receiptHandle }) => receiptHandle);
      sqs.deleteMessages(queueUrl, handles);
    }
    this.#settle();
    return true;
  }

  #settle(): void {
    if (this.#isPolling) this.#pumpSoon();
    if (this.#inFlight.size > 0) return;
    for (const resolve of this.#onIdle) resolve();
    this.#onIdle = [];
  }
}
