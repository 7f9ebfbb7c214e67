import { REQUEST_BUCKETS } from '#core/ec2/request-budget.ts';
import type { Clock } from '#core/ports/clock.ts';

/** Describes with a filter or a page size ("Request throttling for the Amazon EC2 API"). */
const DESCRIBE_BUCKET = { size: 100, refillPerSecond: 20 };
const DEFAULT_BUCKET = { size: 50, refillPerSecond: 5 };

/** EC2's token buckets: an action finds its bucket empty and is refused, or takes a token. */
export class RequestBuckets {
  readonly #clock: Clock;
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False when EC2 would answer RequestLimitExceeded. */
  take(action: string): boolean {
    const bucket = action.startsWith('Describe')
      ? DESCRIBE_BUCKET
      : (REQUEST_BUCKETS[action] ?? DEFAULT_BUCKET);
    const now = this.#clock.now().getTime();
    const level = this.#levels.get(action) ?? { tokens: bucket.size, at: now };
    const income = ((now - level.at) / 1000) * bucket.refillPerSecond;
    const tokens = Math.min(bucket.size, level.tokens + income);
    const isServed = tokens >= 1;
    this.#levels.set(action, { tokens: isServed ? tokens - 1 : tokens, at: now });
    return isServed;
  }
}
