import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clock } from '#core/ports/clock.ts';
import { doneRecords } from './batch-outcome.ts';
import { createLambdaContext } from './lambda-context.ts';

/** Resolves to an SQSBatchResponse, or to nothing when all records are done. */
export type SqsHandler = (event: SQSEvent, context: Context) => Promise<unknown>;

export interface InvocationsOptions {
  readonly clock: Clock;
  readonly functionName: string;
  readonly handler: SqsHandler;
  readonly functionTimeoutSeconds: number;
  /** Told of every invocation that threw or ran out of time. */
  readonly onError?: (error: unknown, records: readonly SQSRecord[]) => void;
}

interface Invocation {
  readonly records: readonly SQSRecord[];
  readonly deadlineMs: number;
}

/** The running invocations of one function. `onEnd` is given the records that an invocation has done. */
export class Invocations {
  readonly #options: InvocationsOptions;
  readonly #onEnd: (done: readonly SQSRecord[]) => void;
  readonly #running = new Set<Invocation>();
  #onIdle: (() => void)[] = [];
  #started = 0;

  constructor(options: InvocationsOptions, onEnd: (done: readonly SQSRecord[]) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#running.size;
  }

  /** When the next of them runs out of time, in milliseconds since the epoch. */
  get nextDeadlineMs(): number | undefined {
    const deadlines = [...this.#running].map(({ deadlineMs }) => deadlineMs);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  /** Resolves when none runs. */
  async idle(): Promise<void> {
    if (this.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  /** Invokes the function. An invocation that throws has done none of its records. */
  async start(records: readonly SQSRecord[]): Promise<void> {
    const { clock, handler, functionName, functionTimeoutSeconds, onError } = this.#options;
    this.#started += 1;
    const awsRequestId = `00000000-0000-4000-a000-${this.#started.toString(16).padStart(12, '0')}`;
    const timeoutSeconds = functionTimeoutSeconds;
    const context = createLambdaContext({ clock, functionName, timeoutSeconds, awsRequestId });
    const deadlineMs = clock.now().getTime() + functionTimeoutSeconds * 1000;
    const invocation = { records, deadlineMs };
    this.#running.add(invocation);
    try {
      const response = await handler({ Records: [...records] }, context);
      this.#end(invocation, doneRecords(records, response));
    } catch (error) {
      if (this.#end(invocation, [])) onError?.(error, records);
    }
  }

  /** Ends those that have run out of time. */
  endOverdue(): void {
    const { clock, functionTimeoutSeconds, onError } = this.#options;
    const nowMs = clock.now().getTime();
    for (const invocation of this.#running) {
      if (nowMs < invocation.deadlineMs || !this.#end(invocation, [])) continue;
      const error = new Error(`Task timed out after ${functionTimeoutSeconds.toFixed(2)} seconds`);
      onError?.(error, invocation.records);
    }
  }

  /** Crashes them all: whatever they answer later counts for nothing. */
  kill(): void {
    for (const invocation of this.#running) this.#end(invocation, []);
  }

  /** False when the invocation had ended before: then its answer counts for nothing. */
  #end(invocation: Invocation, done: readonly SQSRecord[]): boolean {
    if (!this.#running.delete(invocation)) return false;
    this.#onEnd(done);
    if (this.size === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    return true;
  }
}
