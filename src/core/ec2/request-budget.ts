import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import { createFixedRate, createLearnedRate, type LearnedRate } from './learned-rate.ts';
import { bucketOf } from './request-buckets.ts';

export interface RequestBudget {
  /**
   * Takes one call from the action's budget, waiting up to two seconds for its turn. Throws `CallError` Throttled
   * with the seconds after which this caller's turn will have come.
   */
  take(action: string): Promise<void>;
  /**
   * AWS itself refused, and wants this action to rest for so many seconds, where it says so: our calls or somebody else's have
   * emptied the bucket. Out: seconds after which this caller's turn will have come.
   */
  noteThrottled(action: string, restSeconds?: number): number;
  /** Calls a second that go out now, and how many at once when nobody has called for a while. */
  paceOf(action: string): { readonly perSecond: number; readonly burst: number };
}

/** How much of EC2's request rate an installation takes. */
export interface BudgetSettings {
  /** Part of AWS's published refill that this installation uses in any case, 0 to 1. */
  readonly floor: number;
  /** Part of AWS's bucket that a burst may use; never less than `floor`. */
  readonly burstShare: number;
  /** Whether more than the floor is used where EC2 serves it. */
  readonly isAdaptive: boolean;
  /** Worker processes that share the account: each takes its part. */
  readonly concurrency: number;
}

interface Options extends BudgetSettings {
  readonly clock: Clock;
  readonly random: () => number;
}

interface Account {
  readonly burst: number;
  readonly rate: LearnedRate;
  /** Below 0: what callers that are waiting have already spoken for. */
  tokens: number;
  /** When those who were sent away will come back, in milliseconds since the epoch; about in order, and none that is past. */
  returns: number[];
  /** Refusals so far: with each one, whoever waits inside a call waits anew. */
  refusals: number;
  at: number;
  /** When the next call may go out at the earliest. */
  nextAt: number;
}

/** Longest wait inside a call; what takes longer is a reconcile later, since a Lambda function pays for waiting. */
const LONGEST_WAIT_SECONDS = 2;

/** Workers do not know of each other, so turns are spread: within half of each, and by no more than this. */
const MOST_JITTER_SECONDS = 1;

/** While nobody knows how fast it may go, whoever is sent away is not sent away for long. */
const LONGEST_SEARCH_TURN_SECONDS = 9;

/** A rate that changes tells a far turn badly, and the queue a little late: who waits asks once more so long before it. */
const ASKS_BEFORE_SECONDS = 8;

/** A turn so far off is told by a rate that may be a passing one: half of the way is waited for. */
const FAR_SECONDS = 60;

const askedAgainIn = (seconds: number, { isSearching }: LearnedRate): number => {
  if (seconds <= LONGEST_SEARCH_TURN_SECONDS) return seconds;
  if (isSearching) return LONGEST_SEARCH_TURN_SECONDS;
  if (seconds > FAR_SECONDS) return seconds / 2;
  return Math.max(LONGEST_SEARCH_TURN_SECONDS, seconds - ASKS_BEFORE_SECONDS);
};

/** Where each call may be refused they go out at four times the rate at most: what EC2 says of one is known before most others. */
const spacingOf = ({ perSecond }: LearnedRate): number => 1 / (4 * perSecond);

/** After a refusal the bucket is left alone, so that the next call, whoever makes it, is served. */
const REST_SECONDS = 1;

/** What is saved in seconds of the rate where the bucket may be empty, and at least where the rate has outgrown the burst. */
const SAVED_SECONDS = 10;
const GROWN_SECONDS = 2;

/** A client-side part of EC2's request buckets: it takes what EC2 has to give, and starves nobody else in the account. */
export const createRequestBudget = (options: Options): RequestBudget => {
  const { clock, floor, burstShare, isAdaptive, concurrency, random } = options;
  const accounts = new Map<string, Account>();

  const newAccount = (action: string): Account => {
    const { size, refillPerSecond } = bucketOf(action);
    const least = (floor * refillPerSecond) / concurrency;
    // Less than one token would never let a call go.
    const burst = Math.max(1, (Math.max(burstShare, floor) * size) / concurrency);
    const published = { size: size / concurrency, refillPerSecond: refillPerSecond / concurrency };
    return {
      burst,
      rate: isAdaptive ? createLearnedRate({ floor: least, published }) : createFixedRate(least),
      tokens: burst,
      returns: [],
      refusals: 0,
      at: clock.now().getTime(),
      nextAt: Number.NEGATIVE_INFINITY,
    };
  };

  /** What is saved while nobody calls. */
  const burstOf = ({ burst, rate }: Account): number =>
    Math.max(
      1,
      rate.hasBurst ? burst : Math.min(burst, SAVED_SECONDS * rate.perSecond),
      isAdaptive ? GROWN_SECONDS * rate.perSecond : 0,
    );

  const accountOf = (action: string): Account => {
    const account = accounts.get(action) ?? newAccount(action);
    accounts.set(action, account);
    const now = clock.now().getTime();
    const seconds = (now - account.at) / 1000;
    if (seconds <= 0) return account;
    const { rate } = account;
    rate.pass(seconds, account.tokens < burstOf(account) / 2 || account.returns.length > 0);
    account.tokens = Math.min(burstOf(account), account.tokens + seconds * rate.perSecond);
    const firstLater = account.returns.findIndex((at) => at > now);
    account.returns.splice(0, firstLater < 0 ? account.returns.length : firstLater);
    account.at = now;
    return account;
  };

  /** Gives a caller that is sent away its turn. Out: seconds until then. */
  const turnAfter = (account: Account): number => {
    const { rate, returns, tokens } = account;
    const ahead = returns.length + 1 - tokens;
    const seconds = Math.max(1, ahead) / rate.expectedPerSecond;
    const turn = isAdaptive ? askedAgainIn(seconds, rate) : seconds;
    const withJitter = turn + random() * Math.min(0.5 / rate.perSecond, MOST_JITTER_SECONDS);
    // Who only comes to ask again holds nobody up.
    if (turn >= seconds || !rate.isSearching) returns.push(account.at + withJitter * 1000);
    return withJitter;
  };

  /** Reserves a call. Out: seconds until it may go. Throws for one that would wait too long. */
  const reserve = (action: string, account: Account): number => {
    const { rate, tokens } = account;
    const waitSeconds = Math.max(
      (1 - tokens) / rate.perSecond,
      (account.nextAt - account.at) / 1000,
    );
    if (waitSeconds > LONGEST_WAIT_SECONDS)
      throw new CallError(
        'Throttled',
        'RequestBudget',
        `${action}: waits for its turn in EC2's request budget`,
        { retryAfterSeconds: turnAfter(account) },
      );
    account.tokens -= 1;
    if (!rate.hasBurst)
      account.nextAt = account.at + (Math.max(0, waitSeconds) + spacingOf(rate)) * 1000;
    return Math.max(0, waitSeconds);
  };

  return {
    async take(action) {
      let account = accountOf(action);
      for (;;) {
        const { refusals } = account;
        const waitSeconds = reserve(action, account);
        if (waitSeconds > 0) await clock.sleep(waitSeconds * 1000);
        account = accountOf(action);
        if (account.refusals === refusals) break;
      }
      account.rate.noteCall();
    },

    noteThrottled(action, restSeconds = 0) {
      const account = accountOf(action);
      account.rate.noteRefusal();
      account.refusals += 1;
      const rest = Math.max(isAdaptive ? REST_SECONDS : 0, restSeconds);
      account.tokens = -rest * account.rate.perSecond;
      account.nextAt = account.at;
      return turnAfter(account);
    },

    paceOf(action) {
      const account = accountOf(action);
      return { perSecond: account.rate.perSecond, burst: burstOf(account) };
    },
  };
};
