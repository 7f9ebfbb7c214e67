import { Poller, type PollerOptions } from '#runtime/poller.ts';
import type { SimulatedSqs } from '#simulator/sqs/simulated-sqs.ts';
import { inLineage, lineageOf } from './lineage.ts';
import { polled, polledWithoutLoops } from './recursive-loop.ts';

export interface EventSourceMappingOptions
  extends Omit<PollerOptions, 'queue' | 'batchSize' | 'maximumConcurrency'> {
  readonly sqs: SimulatedSqs;
  readonly queueUrl: string;
  /** 1 to what a receive of the queue gives. Default 10. */
  readonly batchSize?: number;
  /** Invocations at once, 2 to 1000 ("ScalingConfig", AWS Lambda). Default 1000. */
  readonly maximumConcurrency?: number;
  /** Whether the function may be called by what its own calls led to, however often. Default `Terminate`, as in AWS. */
  readonly recursiveLoop?: 'Allow' | 'Terminate';
  /** Aborting is the death of the process: no more polls, and what is in flight never ends. */
  readonly signal?: AbortSignal;
}

const checkOptions = (batchSize: number, maximumConcurrency: number, sqs: SimulatedSqs): void => {
  if (!(batchSize >= 1 && batchSize <= sqs.maximumReceive)) {
    throw new RangeError(`batchSize is ${batchSize}: it must be 1 to ${sqs.maximumReceive}`);
  }
  if (!(maximumConcurrency >= 2 && maximumConcurrency <= 1000)) {
    throw new RangeError(`maximumConcurrency is ${maximumConcurrency}: it must be 2 to 1000`);
  }
};

/** Lambda's event source mapping with ReportBatchItemFailures: a poller with AWS's limits and its rule of recursive loops. */
export class EventSourceMapping {
  readonly #poller: Poller;

  constructor(options: EventSourceMappingOptions) {
    const { sqs, queueUrl, handler, signal, recursiveLoop = 'Terminate', ...rest } = options;
    const { batchSize = 10, maximumConcurrency = 1000 } = rest;
    checkOptions(batchSize, maximumConcurrency, sqs);
    this.#poller = new Poller({
      ...{ ...rest, batchSize, maximumConcurrency },
      queue: (recursiveLoop === 'Allow' ? polled : polledWithoutLoops)(sqs, queueUrl),
      handler: (event, context) =>
        inLineage(Math.max(...event.Records.map(lineageOf)) + 1, () => handler(event, context)),
    });
    signal?.addEventListener('abort', () => this.#die(), { once: true });
    if (signal?.aborted) this.#die();
  }

  /** Invocations that are running. */
  get inFlight(): number {
    return this.#poller.inFlight;
  }

  /** Ends polling. Resolves when the running invocations ended or ran out of time. */
  stop(): Promise<void> {
    return this.#poller.stop();
  }

  /** Crashes the running invocations: whatever they answer later, their messages wait for the visibility timeout. */
  killInFlight(): void {
    this.#poller.killInFlight();
  }

  #die(): void {
    void this.stop();
    this.killInFlight();
  }
}
