import type {
  PutEventsCommandInput,
  PutEventsCommandOutput,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { Clock } from '#core/ports/clock.ts';
import type { EventBridgeApi } from '#providers/eventbridge/event-bridge-api.ts';
import type { Disturbance } from '#simulator/sqs/disturbance.ts';
import { checkPattern, type EventPattern, matchesPattern } from './event-pattern.ts';
import { checkEntryCount, detailOf, entryRefusal } from './put-rules.ts';

/** An event as a target receives it ("Events in Amazon EventBridge", EventBridge User Guide). */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

type EventTarget = (event: BusEvent) => Promise<unknown>;

export interface EventRule {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly target: EventTarget;
  /** Default `default`, the one bus that events of AWS services come to. */
  readonly eventBusName?: string;
}

export interface SimulatedEventBridgeOptions {
  readonly clock: Clock;
  /** From a put to its targets. Default 0. */
  readonly latencyMs?: number;
  /** What may happen to each event on its way to each target. */
  readonly disturbance?: Disturbance;
  readonly region?: string;
  readonly accountId?: string;
  /** Buses beside `default`. */
  readonly eventBusNames?: readonly string[];
}

/** An event that its target failed to take, at every try. */
export interface UndeliveredEvent {
  readonly ruleName: string;
  readonly event: BusEvent;
  readonly error: unknown;
}

/** Lambda runs an asynchronous invocation again after a minute and after two more ("Retry behavior", AWS Lambda). */
const RETRY_DELAYS_MS = [60_000, 120_000];

type EventParts = Pick<BusEvent, 'source' | 'detail-type' | 'detail'> & {
  readonly resources?: readonly string[] | undefined;
  readonly time?: Date | undefined;
};

/** EventBridge in memory. Targets are functions, invoked as Lambda invokes a function asynchronously. */
export class SimulatedEventBridge implements EventBridgeApi {
  readonly #options: SimulatedEventBridgeOptions;
  readonly #buses: ReadonlySet<string>;
  readonly #rules = new Set<EventRule>();
  readonly #undelivered: UndeliveredEvent[] = [];
  #events = 0;
  #deliveries = 0;

  constructor(options: SimulatedEventBridgeOptions) {
    this.#options = options;
    this.#buses = new Set(['default', ...(options.eventBusNames ?? [])]);
  }

  /** Events that were given up, oldest first. */
  get undelivered(): readonly UndeliveredEvent[] {
    return this.#undelivered;
  }

  /** Events on their way, retries included. */
  get inFlight(): number {
    return this.#deliveries;
  }

  /** Out: a function that takes the rule off again. Throws for a pattern that cannot be matched here. */
  addRule(rule: EventRule): () => void {
    checkPattern(rule.pattern);
    this.#rules.add(rule);
    return () => this.#rules.delete(rule);
  }

  /** Refuses a request of more than ten entries whole, and single entries in the result. */
  async putEvents({ Entries = [] }: PutEventsCommandInput): Promise<PutEventsCommandOutput> {
    checkEntryCount(Entries);
    const results = Entries.map((entry) => this.#putEntry(entry));
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
      $metadata: { httpStatusCode: 200 },
    };
  }

  /** An event of an AWS service, on the default bus. Out: the event as targets receive it. */
  putAwsEvent(parts: EventParts): BusEvent {
    const event = this.#newEvent(parts);
    this.#route(event, 'default');
    return event;
  }

  #putEntry(entry: PutEventsRequestEntry): PutEventsResultEntry {
    const detail = detailOf(entry);
    const refusal = entryRefusal(entry, this.#buses);
    if (refusal !== undefined || detail === undefined) return { ...refusal };
    const { Source = '', DetailType = '', Resources, Time, EventBusName = 'default' } = entry;
    const event = this.#newEvent({
      source: Source,
      'detail-type': DetailType,
      detail,
      resources: Resources,
      time: Time,
    });
    this.#route(event, EventBusName);
    return { EventId: event.id };
  }

  #newEvent({ resources = [], time, ...parts }: EventParts): BusEvent {
    const { clock, region = 'us-east-1', accountId = '123456789012' } = this.#options;
    this.#events += 1;
    return {
      version: '0',
      // Counted, so that a seeded run gives the same ids each time.
      id: `00000000-0000-4000-b000-${this.#events.toString(16).padStart(12, '0')}`,
      ...parts,
      account: accountId,
      time: (time ?? clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources,
    };
  }

  #route(event: BusEvent, busName: string): void {
    const { latencyMs = 0, disturbance } = this.#options;
    for (const rule of this.#rules) {
      const { pattern, eventBusName = 'default' } = rule;
      if (eventBusName !== busName || !matchesPattern(pattern, event)) continue;
      for (const delayMs of disturbance?.() ?? [0]) {
        void this.#deliver(rule, structuredClone(event), latencyMs + delayMs);
      }
    }
  }

  async #deliver({ name, target }: EventRule, event: BusEvent, delayMs: number): Promise<void> {
    this.#deliveries += 1;
    let lastError: unknown;
    for (const waitMs of [delayMs, ...RETRY_DELAYS_MS]) {
      // A put returns before its targets run, however near they are.
      await (waitMs > 0 ? this.#options.clock.sleep(waitMs) : Promise.resolve());
      try {
        await target(event);
        this.#deliveries -= 1;
        return;
      } catch (error) {
        lastError = error;
      }
    }
    this.#deliveries -= 1;
    this.#undelivered.push({ ruleName: name, event, error: lastError });
  }
}
