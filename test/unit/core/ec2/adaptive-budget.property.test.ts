import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUEST_BUCKETS, type RequestBucket } from '#core/ec2/request-buckets.ts';
import { createRequestBudget } from '#core/ec2/request-budget.ts';
import { CallError } from '#core/errors.ts';
import { createRandom } from '#simulator/random.ts';
import { RequestBuckets } from '#simulator/request-buckets.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const ACTION = 'AttachNetworkInterface';
const PUBLISHED = REQUEST_BUCKETS[ACTION] ?? { size: 0, refillPerSecond: 0 };

interface Account {
  readonly floor: number;
  readonly concurrency: number;
  /** How much larger the account's bucket is than the published one. */
  readonly raised: number;
  /** Part of the refill that somebody else uses. */
  readonly neighbour: number;
  readonly seed: number;
}

const anyAccount: fc.Arbitrary<Account> = fc.record({
  floor: fc.double({ min: 0.3, max: 0.5, noNaN: true }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  raised: fc.constantFrom(1, 1, 1, 2),
  neighbour: fc.constantFrom(0, 0, 0.33),
  seed: fc.nat(),
});

/** So many calls by workers that each have a budget, over the account's own bucket, with 0.1 s a call. */
const run = async (account: Account, calls: number) => {
  const { floor, concurrency, raised, neighbour, seed } = account;
  const clock = new VirtualClock(new Date(0));
  const bucket: RequestBucket = {
    size: raised * PUBLISHED.size,
    refillPerSecond: raised * PUBLISHED.refillPerSecond,
  };
  const ec2 = new RequestBuckets(clock, { [ACTION]: bucket });
  const { next } = createRandom(seed);
  const budgets = Array.from({ length: concurrency }, () =>
    createRequestBudget({
      ...{ clock, floor, burstShare: 0.8, isAdaptive: true, concurrency, random: next },
    }),
  );
  const sent: { readonly at: number; readonly worker: number; readonly perSecond: number }[] = [];
  const seen = { served: 0, refused: 0, neighbour: 0, neighbourRefused: 0, leastRate: Infinity };

  /** Whoever is sent away is taken up by any of the workers. */
  const call = async (): Promise<void> => {
    const worker = Math.floor(next() * concurrency);
    const budget = budgets[worker];
    const { burst: before = 0 } = budget?.paceOf(ACTION) ?? {};
    try {
      await budget?.take(ACTION);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      await clock.sleep(error.retryAfterSeconds * 1000);
      return call();
    }
    const { perSecond = 0, burst = 0 } = budget?.paceOf(ACTION) ?? {};
    // What was saved before may go out beside what flows in.
    sent.push({
      at: clock.now().getTime() / 1000,
      worker,
      perSecond: perSecond + Math.max(burst, before),
    });
    seen.leastRate = Math.min(seen.leastRate, perSecond);
    await clock.sleep(100);
    if (ec2.take(ACTION)) {
      seen.served += 1;
      return undefined;
    }
    seen.refused += 1;
    await clock.sleep(1000 * (budget?.noteThrottled(ACTION) ?? 0));
    return call();
  };
  const beNeighbour = async (): Promise<never> => {
    for (;;) {
      await clock.sleep((1000 * (0.5 + next())) / (neighbour * bucket.refillPerSecond));
      seen.neighbour += 1;
      if (!ec2.take(ACTION)) seen.neighbourRefused += 1;
    }
  };
  if (neighbour > 0) void beNeighbour();
  for (let index = 0; index < calls; index += 1) void call();
  const isServed = await clock.runUntilTrue(() => seen.served === calls, 3_600_000);
  const seconds = clock.now().getTime() / 1000;
  const least = (calls - bucket.size) / ((1 - neighbour) * bucket.refillPerSecond);
  return { ...seen, isServed, sent, ratio: seconds / least };
};

describe('an adaptive budget', () => {
  it('never goes below its floor, and lets no more go out in any second than it has learned', async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount, async (account) => {
        const { sent, leastRate, isServed } = await run(account, 400);

        expect(isServed).toBe(true);
        expect(leastRate).toBeGreaterThanOrEqual(
          (account.floor * PUBLISHED.refillPerSecond) / account.concurrency - 1e-9,
        );
        for (const [, own] of Map.groupBy(sent, ({ worker }) => worker))
          for (const { at } of own) {
            const inSecond = own.filter((other) => other.at >= at && other.at < at + 1);
            const most = Math.max(...inSecond.map(({ perSecond }) => perSecond));
            expect(inSecond.length).toBeLessThanOrEqual(most + 2);
          }
      }),
      { numRuns: 8 },
    );
  });

  it('takes what the account has: near its bound, with few calls refused, and hardly any of a neighbour’s', async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount, async (account) => {
        const calls = 600 * account.raised;

        const { ratio, refused, neighbour, neighbourRefused } = await run(account, calls);

        // What limits were raised to is found on the way.
        const isUsual = account.raised === 1;
        expect(ratio).toBeLessThanOrEqual(isUsual ? 1.25 : 1.6);
        expect(refused / (calls + refused)).toBeLessThanOrEqual(isUsual ? 0.01 : 0.02);
        expect(neighbourRefused / Math.max(1, neighbour)).toBeLessThanOrEqual(0.01);
      }),
      { numRuns: 4 },
    );
  });
});
