import { REQUEST_BUCKETS, type RequestBucket } from '#core/ec2/request-budget.ts';
import type { Clock } from '#core/ports/clock.ts';

/** "Request throttling for the Amazon EC2 API", EC2 Developer Guide. */
const DESCRIBE_BUCKET = { size: 100, refillPerSecond: 20 };
/** Of a describe that names neither a filter nor a page. */
const UNFILTERED_DESCRIBE_BUCKET = { size: 50, refillPerSecond: 10 };
const DEFAULT_BUCKET = { size: 50, refillPerSecond: 5 };

const isNarrowed = (input: object): boolean =>
  ['Filters', 'MaxResults', 'NextToken'].some(
    (name) => name in input && input[name as keyof typeof input] !== undefined,
  );

type Buckets = Readonly<Record<string, RequestBucket>>;

const bucketOf = (
  action: string,
  input: object,
  own: Buckets,
): { name: string; bucket: RequestBucket } => {
  if (!action.startsWith('Describe'))
    return { name: action, bucket: own[action] ?? REQUEST_BUCKETS[action] ?? DEFAULT_BUCKET };
  if (isNarrowed(input)) return { name: action, bucket: DESCRIBE_BUCKET };
  return { name: `${action} unfiltered`, bucket: UNFILTERED_DESCRIBE_BUCKET };
};

/** EC2's token buckets: an action finds its bucket empty and is refused, or takes a token. */
export class RequestBuckets {
  readonly #clock: Clock;
  readonly #own: Buckets;
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  /** `own`: changing actions for which this account has another bucket than the published one. */
  constructor(clock: Clock, own: Buckets = {}) {
    this.#clock = clock;
    this.#own = own;
  }

  /** False when EC2 would answer RequestLimitExceeded. */
  take(action: string, input: object = {}): boolean {
    const { name, bucket } = bucketOf(action, input, this.#own);
    const now = this.#clock.now().getTime();
    const level = this.#levels.get(name) ?? { tokens: bucket.size, at: now };
    const income = ((now - level.at) / 1000) * bucket.refillPerSecond;
    const tokens = Math.min(bucket.size, level.tokens + income);
    const isServed = tokens >= 1;
    this.#levels.set(name, { tokens: isServed ? tokens - 1 : tokens, at: now });
    return isServed;
  }
}
