import type { SQSRecord } from 'aws-lambda';
import { type Alarm, createAlarm } from './alarm.ts';
import { Invocations, type InvocationsOptions } from './invocations.ts';

/** What a poller needs of a queue. */
export interface PolledQueue {
  receive(maximum: number): readonly SQSRecord[];
  delete(receiptHandles: readonly string[]): unknown;
  nextVisibleAt(): Date | undefined;
  onMessage(listener: () => void): () => void;
}

export interface PollerOptions extends InvocationsOptions {
  readonly queue: PolledQueue;
  /** Most messages of one invocation. */
  readonly batchSize: number;
  /** Invocations at once. */
  readonly maximumConcurrency: number;
}

/**
 * Invokes a function with batches of a queue, as Lambda's event source mapping does with ReportBatchItemFailures. Records that
 * failed stay in flight until the visibility timeout, and with them, in a FIFO queue, the rest of their group. It sleeps
 * until something is visible.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #alarm: Alarm;
  readonly #unsubscribe: () => void;
  readonly #invocations: Invocations;
  #isPolling = true;
  #isPumpDue = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#alarm = createAlarm(options.clock, () => this.#pump());
    this.#invocations = new Invocations(options, (done) => this.#settle(done));
    this.#unsubscribe = options.queue.onMessage(() => this.#pumpSoon());
    this.#pumpSoon();
  }

  /** Invocations that are running. */
  get inFlight(): number {
    return this.#invocations.size;
  }

  /** Ends polling. Resolves when the running invocations ended or ran out of time. */
  async stop(): Promise<void> {
    this.#isPolling = false;
    this.#unsubscribe();
    await this.#invocations.idle();
  }

  /** Crashes the running invocations: whatever they answer later, their messages wait for the visibility timeout. */
  killInFlight(): void {
    this.#invocations.kill();
  }

  /** Several changes of one moment lead to one receive. */
  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { queue, batchSize } = this.#options;
    this.#invocations.endOverdue();
    while (this.#canInvoke()) {
      const records = queue.receive(batchSize);
      if (records.length === 0) break;
      void this.#invocations.start(records);
    }
    this.#setAlarm();
  }

  #canInvoke(): boolean {
    return this.#isPolling && this.inFlight < this.#options.maximumConcurrency;
  }

  #setAlarm(): void {
    const nextMs = this.#canInvoke() ? this.#options.queue.nextVisibleAt()?.getTime() : undefined;
    for (const atMs of [nextMs, this.#invocations.nextDeadlineMs])
      if (atMs !== undefined) this.#alarm.set(atMs);
  }

  #settle(done: readonly SQSRecord[]): void {
    if (done.length > 0) this.#options.queue.delete(done.map(({ receiptHandle }) => receiptHandle));
    this.#pumpSoon();
  }
}
