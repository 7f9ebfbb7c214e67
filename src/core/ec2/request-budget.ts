import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';

/** Bucket size and refill a second of an action, per account and region. */
export interface RequestBucket {
  readonly size: number;
  readonly refillPerSecond: number;
}

/** AWS's published buckets, each API's its own ("Request throttling for the Amazon EC2 API", EC2 Developer Guide). */
export const REQUEST_BUCKETS: Readonly<Record<string, RequestBucket>> = {
  CreateNetworkInterface: { size: 100, refillPerSecond: 5 },
  AttachNetworkInterface: { size: 50, refillPerSecond: 5 },
  DetachNetworkInterface: { size: 50, refillPerSecond: 5 },
  ModifyNetworkInterfaceAttribute: { size: 100, refillPerSecond: 5 },
  DeleteNetworkInterface: { size: 100, refillPerSecond: 5 },
  AssignPrivateIpAddresses: { size: 100, refillPerSecond: 5 },
  AssignIpv6Addresses: { size: 100, refillPerSecond: 5 },
  CreateTags: { size: 100, refillPerSecond: 10 },
  DeleteTags: { size: 100, refillPerSecond: 10 },
  // What people write into NodeENIs is looked up by these, so they alone of all reads can be made to be many.
  DescribeSubnets: { size: 100, refillPerSecond: 20 },
  DescribeSecurityGroups: { size: 100, refillPerSecond: 20 },
  DescribeSecurityGroupVpcAssociations: { size: 100, refillPerSecond: 20 },
};

/** What is assumed of an action that AWS does not list: the class of mutating calls. */
const DEFAULT_BUCKET: RequestBucket = { size: 50, refillPerSecond: 5 };

export interface RequestBudget {
  /**
   * Takes one call from the action's budget, waiting up to two seconds for its turn. Throws `CallError` Throttled
   * with the seconds after which this caller's turn will have come.
   */
  take(action: string): Promise<void>;
  /** AWS itself refused: whoever else uses the account has emptied the bucket. */
  noteThrottled(action: string): void;
  /** Seconds until those who were refused will have been served. */
  pendingSeconds(action: string): number;
}

interface Options {
  readonly clock: Clock;
  /** Part of AWS's refill that this installation may use, 0 to 1. */
  readonly share: number;
  /** Part of AWS's bucket that a burst may use; never less than `share`. */
  readonly burstShare: number;
  /** Worker processes that share the account: each takes its part. */
  readonly concurrency: number;
  readonly random: () => number;
}

interface Account {
  readonly burst: number;
  readonly perSecond: number;
  tokens: number;
  /** Callers sent away whose turn has not come yet; drains as tokens flow in. */
  backlog: number;
  at: number;
}

/** Longest wait inside a call; what takes longer is a reconcile later, since a Lambda function pays for waiting. */
const LONGEST_WAIT_SECONDS = 2;

/** Workers do not know of each other, so turns are spread: within half of each, and by no more than this. */
const MOST_JITTER_SECONDS = 1;

/** A client-side share of EC2's request buckets, so that no fleet of ours starves the account. */
export const createRequestBudget = (options: Options): RequestBudget => {
  const { clock, share, burstShare, concurrency, random } = options;
  const accounts = new Map<string, Account>();

  const accountOf = (action: string): Account => {
    const now = clock.now().getTime();
    const known = accounts.get(action);
    if (known !== undefined) {
      const income = ((now - known.at) / 1000) * known.perSecond;
      known.tokens = Math.min(known.burst, known.tokens + income);
      known.backlog = Math.max(0, known.backlog - income);
      known.at = now;
      return known;
    }
    const { size, refillPerSecond } = REQUEST_BUCKETS[action] ?? DEFAULT_BUCKET;
    // Less than one token would never let a call go.
    const burst = Math.max(1, (Math.max(burstShare, share) * size) / concurrency);
    const fresh = {
      burst,
      perSecond: (share * refillPerSecond) / concurrency,
      tokens: burst,
      backlog: 0,
      at: now,
    };
    accounts.set(action, fresh);
    return fresh;
  };

  const refuse = (action: string, account: Account): never => {
    account.backlog += 1;
    const seconds = (account.backlog - Math.min(0, account.tokens)) / account.perSecond;
    throw new CallError(
      'Throttled',
      'RequestBudget',
      `${action}: waits for its turn in EC2's request budget`,
      {
        retryAfterSeconds:
          seconds + random() * Math.min(0.5 / account.perSecond, MOST_JITTER_SECONDS),
      },
    );
  };

  return {
    async take(action) {
      const account = accountOf(action);
      // A negative balance is what earlier callers, still waiting, have already spoken for.
      const waitSeconds = (1 - account.tokens) / account.perSecond;
      if (waitSeconds > LONGEST_WAIT_SECONDS) refuse(action, account);
      account.tokens -= 1;
      if (waitSeconds > 0) await clock.sleep(waitSeconds * 1000);
    },

    noteThrottled(action) {
      const account = accountOf(action);
      account.tokens = Math.min(account.tokens, 0);
    },

    pendingSeconds(action) {
      const { backlog, perSecond } = accountOf(action);
      return backlog / perSecond;
    },
  };
};
