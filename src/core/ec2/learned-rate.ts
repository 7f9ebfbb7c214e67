import type { RequestBucket } from './request-buckets.ts';

/** The rate at which one worker calls one action, as it is learned from what EC2 serves and refuses. */
export interface LearnedRate {
  /** Calls a second now; never below the floor. */
  readonly perSecond: number;
  /** Calls a second that may be hoped for soon: while nothing was refused, more than the published refill; then what was served. */
  readonly expectedPerSecond: number;
  /** True until EC2 has refused a call: nobody knows yet how much faster it may go. */
  readonly isSearching: boolean;
  /** True while the bucket holds so much that a call can hardly be refused. */
  readonly hasBurst: boolean;
  /** So many seconds have passed. In: whether calls waited for their turn meanwhile. */
  pass(seconds: number, isWaiting: boolean): void;
  noteCall(): void;
  noteRefusal(): void;
}

interface Given {
  readonly floor: number;
  /** This worker's part of the bucket that AWS publishes. */
  readonly published: RequestBucket;
}

/** From half of the published refill to all of it: that much is known to be there if nobody else uses it. */
const SECONDS_TO_PUBLISHED = 1;

/** Beyond that the bucket's rest is spent slowly, so that the first refusal, in an account with the usual limits, is of one call. */
const PROBE_A_SECOND = 0.06;

/** When more was served than the published bucket holds, the account's is larger: then the rate doubles in so many seconds. */
const DOUBLING_SECONDS = 2;
/** How much more, in parts of the published size. */
const SURPLUS = 0.1;

/** Part of the bucket in which each call may be the one that is refused. */
const LEFT_TO_OTHERS = 0.3;

/** Who is sent away before the first refusal comes back for what the growing rate will have brought by then. */
const HOPE = 1.25;

/** After a refusal: this part of what EC2 was seen to serve, so that the bucket fills a little. */
const KEPT = 0.95;
/** The same where a second refusal follows too soon to say what EC2 serves. */
const KEPT_WHEN_UNSURE = 0.7;
const SURE_SECONDS = 5;

/** Calls that were on their way when one was refused say nothing new. */
const SAME_MOMENT_SECONDS = 1;

/** The rate is back at what was refused after this time, and grows faster from there: others may have left the account. */
const RECOVERY_SECONDS = 45;

/** Nobody waits for longer between two looks at the clock; a longer pause is no time in which the rate was tried. */
const LONGEST_STEP_SECONDS = 2;

/** What was seen since a refusal, when the account's bucket was empty. */
interface Trial {
  readonly from: number;
  /** False when the bucket was full since: then it was not emptied by what was served. */
  isWhole: boolean;
  seconds: number;
  waitingSeconds: number;
  calls: number;
}

/**
 * Additive increase while calls wait and EC2 refuses none, multiplicative decrease on a refusal. What the account's bucket
 * gives us is known exactly between two refusals, when it was empty: what was served. Before the first it is the published
 * refill less what others must have used, since the bucket was empty before our own calls can have emptied it.
 */
export const createLearnedRate = ({ floor, published }: Given): LearnedRate => {
  const { size, refillPerSecond } = published;
  let rate = floor;
  let trial: Trial | undefined;
  let isSearching = true;
  /**
   * What the bucket would hold if nobody but us used it: the published one, and after a refusal one that was empty then and fills
   * at the rate that was learned. Below 0 it cannot be the account's.
   */
  let level = size;
  let secondsSinceFull = 0;

  const search = (seconds: number): void => {
    if (rate < refillPerSecond)
      rate = Math.min(
        refillPerSecond,
        rate + (seconds * refillPerSecond) / (2 * SECONDS_TO_PUBLISHED),
      );
    else if (level < -SURPLUS * size) rate *= 2 ** (seconds / DOUBLING_SECONDS);
    else rate += seconds * PROBE_A_SECOND * refillPerSecond;
  };

  const recover = (seconds: number): void => {
    if (trial === undefined) return;
    trial.waitingSeconds += seconds;
    rate = trial.from * (1 + (1 / KEPT - 1) * (trial.waitingSeconds / RECOVERY_SECONDS) ** 2);
  };

  /** What EC2 was seen to serve this worker, in calls a second; undefined when too little was seen. */
  const served = (): number | undefined => {
    if (trial?.isWhole === true)
      return trial.seconds < SURE_SECONDS ? undefined : trial.calls / trial.seconds;
    return secondsSinceFull > 0 ? refillPerSecond - level / secondsSinceFull : undefined;
  };

  return {
    get perSecond() {
      return rate;
    },
    get expectedPerSecond() {
      return isSearching ? HOPE * Math.max(rate, refillPerSecond) : rate / KEPT;
    },
    get isSearching() {
      return isSearching;
    },

    get hasBurst() {
      return level > LEFT_TO_OTHERS * size;
    },

    pass(seconds, isWaiting) {
      const income = isSearching ? refillPerSecond : Math.min(rate, refillPerSecond);
      level = Math.min(size, level + seconds * income);
      secondsSinceFull = level === size ? 0 : secondsSinceFull + seconds;
      if (trial !== undefined) {
        trial.seconds += seconds;
        trial.isWhole &&= level < size;
      }
      if (!isWaiting) return;
      const step = Math.min(seconds, LONGEST_STEP_SECONDS);
      if (isSearching) search(step);
      else recover(step);
    },

    noteCall() {
      level -= 1;
      if (trial !== undefined) trial.calls += 1;
    },

    noteRefusal() {
      if (trial !== undefined && trial.seconds < SAME_MOMENT_SECONDS) return;
      const seen = served();
      const next = seen === undefined ? KEPT_WHEN_UNSURE * rate : KEPT * Math.min(rate, seen);
      rate = Math.max(floor, next);
      isSearching = false;
      level = 0;
      trial = { from: rate, isWhole: true, seconds: 0, waitingSeconds: 0, calls: 0 };
    },
  };
};

/** The rate of a budget that does not learn. */
export const createFixedRate = (perSecond: number): LearnedRate => ({
  perSecond,
  expectedPerSecond: perSecond,
  isSearching: false,
  hasBurst: true,
  pass: () => undefined,
  noteCall: () => undefined,
  noteRefusal: () => undefined,
});
