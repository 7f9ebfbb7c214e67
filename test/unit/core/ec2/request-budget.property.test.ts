import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRequestBudget, REQUEST_BUCKETS } from '#core/ec2/request-budget.ts';
import { CallError } from '#core/errors.ts';
import { createRandom } from '#simulator/random.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

interface Settings {
  readonly share: number;
  readonly burstShare: number;
  readonly concurrency: number;
  readonly action: string;
  readonly seed: number;
}

interface Traffic {
  readonly calls: number;
  readonly worker: number;
  /** False for a caller that does not come back when it is sent away. */
  readonly isPatient: boolean;
  readonly pauseMs: number;
  readonly isRefusedByEc2: boolean;
}

const aShare = fc.double({ min: 0.1, max: 1, noNaN: true });

const anySettings: fc.Arbitrary<Settings> = fc.record({
  share: aShare,
  burstShare: aShare,
  concurrency: fc.integer({ min: 1, max: 4 }),
  action: fc.constantFrom('AttachNetworkInterface', 'CreateNetworkInterface', 'CreateTags'),
  seed: fc.nat(),
});

const anyTraffic: fc.Arbitrary<Traffic> = fc.record({
  calls: fc.integer({ min: 0, max: 40 }),
  worker: fc.nat({ max: 3 }),
  isPatient: fc.boolean(),
  pauseMs: fc.integer({ min: 0, max: 8_000 }),
  isRefusedByEc2: fc.boolean(),
});

/** What all workers together may do by the settings: a part of AWS's bucket and of its refill. */
const allowanceOf = ({ share, burstShare, action }: Settings) => {
  const { size = 0, refillPerSecond = 0 } = REQUEST_BUCKETS[action] ?? {};
  return { burst: Math.max(share, burstShare) * size, perSecond: share * refillPerSecond };
};

/** Workers with a budget each over one clock, and the times in seconds at which their calls went out. */
const startWorkers = (settings: Settings) => {
  const clock = new VirtualClock(new Date(0));
  const { next } = createRandom(settings.seed);
  const budgets = Array.from({ length: settings.concurrency }, () =>
    createRequestBudget({ ...settings, clock, random: next }),
  );
  const budgetOf = (worker: number) => budgets[worker % budgets.length];
  const served: number[] = [];

  /** Asks, and when sent away comes back at the time it was told. */
  const call = async (worker: number, isPatient = true): Promise<void> => {
    try {
      await budgetOf(worker)?.take(settings.action);
      served.push(clock.now().getTime() / 1000);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      await clock.sleep(error.retryAfterSeconds * 1000);
      if (isPatient) await call(worker);
    }
  };

  const send = async ({ calls, worker, isPatient, pauseMs, isRefusedByEc2 }: Traffic) => {
    for (let index = 0; index < calls; index += 1) void call(worker + index, isPatient);
    await clock.advanceBy(pauseMs);
    if (isRefusedByEc2) budgetOf(worker)?.noteThrottled(settings.action);
  };

  return { clock, served, call, send };
};

/** The most calls that any window holds beyond what flows in during it. */
const largestBurst = (served: readonly number[], perSecond: number): number =>
  Math.max(
    0,
    ...served.flatMap((begin, first) =>
      served.slice(first).map((end, index) => index + 1 - perSecond * (end - begin)),
    ),
  );

describe('the request budget', () => {
  it('lets no more calls out in any window than its part of the bucket and of the refill holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySettings,
        fc.array(anyTraffic, { minLength: 1, maxLength: 8 }),
        async (settings, traffic) => {
          const { clock, served, send } = startWorkers(settings);
          const { burst, perSecond } = allowanceOf(settings);

          for (const each of traffic) await send(each);
          await clock.advanceBy(30_000);

          // Times are whole milliseconds.
          const rounding = 0.001 * perSecond + 1e-6;
          expect(largestBurst(served, perSecond)).toBeLessThanOrEqual(burst + rounding);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('serves everybody within 1.08 times the least time its share allows', async () => {
    // Shorter waits are too coarse to tell: a worker of a tenth of a share has its turn every eight seconds.
    const anyLeastSeconds = fc.integer({ min: 150, max: 250 });
    await fc.assert(
      fc.asyncProperty(anySettings, anyLeastSeconds, async (settings, wantedSeconds) => {
        const { clock, served, call } = startWorkers(settings);
        const { burst, perSecond } = allowanceOf(settings);
        const aWorker = Math.ceil((burst + perSecond * wantedSeconds) / settings.concurrency);
        const callers = aWorker * settings.concurrency;
        const leastSeconds = (callers - burst) / perSecond;

        for (let index = 0; index < callers; index += 1) void call(index);
        const isServed = await clock.runUntilTrue(() => served.length === callers, 3_600_000);

        expect(isServed).toBe(true);
        expect(served.at(-1)).toBeGreaterThanOrEqual(leastSeconds - 0.001);
        expect((served.at(-1) ?? 0) / leastSeconds).toBeLessThanOrEqual(1.08);
      }),
      { numRuns: 25 },
    );
  });
});
