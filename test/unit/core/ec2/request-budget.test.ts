import { describe, expect, it } from 'vitest';
import { createRequestBudget } from '#core/ec2/request-budget.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const ATTACH = 'AttachNetworkInterface';

/** Half of the refill and four fifths of the bucket: for attach calls 2.5 a second and 40 at once. */
const setUp = (options: Partial<Parameters<typeof createRequestBudget>[0]> = {}) => {
  const clock = new VirtualClock(new Date(0));
  const budget = createRequestBudget({
    clock,
    share: 0.5,
    burstShare: 0.8,
    concurrency: 1,
    random: () => 0,
    ...options,
  });
  /** Seconds at which callers got their call, and what the others were told. */
  const served: number[] = [];
  const refused: unknown[] = [];
  const take = async (action = ATTACH): Promise<void> => {
    try {
      await budget.take(action);
      served.push(clock.now().getTime() / 1000);
    } catch (error) {
      refused.push(error);
    }
  };
  const takeMany = (count: number, action = ATTACH): void => {
    for (let index = 0; index < count; index += 1) void take(action);
  };
  const pass = (seconds: number) => clock.advanceBy(seconds * 1000);
  return { clock, budget, served, refused, takeMany, pass };
};

describe('createRequestBudget', () => {
  it('serves a burst at once, the next few within two seconds, and sends the others away', async () => {
    const { served, refused, takeMany, pass } = setUp();

    takeMany(47);
    await pass(60);

    expect(served).toEqual([...Array.from({ length: 40 }, () => 0), 0.4, 0.8, 1.2, 1.6, 2]);
    expect(refused).toHaveLength(2);
  });

  it.each([
    { random: 0, seconds: [2.4, 2.8, 3.2] },
    { random: 1, seconds: [2.6, 3, 3.4] },
  ])(
    'tells those it sends away when their turn comes, within the first half of it ($random)',
    async ({ random, seconds }) => {
      const { refused, takeMany, pass } = setUp({ random: () => random });

      takeMany(48);
      await pass(0);

      expect(refused).toMatchObject(
        seconds.map((retryAfterSeconds) => ({
          failure: 'Throttled',
          code: 'RequestBudget',
          retryAfterSeconds: expect.closeTo(retryAfterSeconds),
        })),
      );
    },
  );

  it('knows for how long those it sent away have to wait', async () => {
    const { budget, takeMany, pass } = setUp();

    takeMany(45 + 10);
    const pending = [budget.pendingSeconds(ATTACH)];
    for (const seconds of [3, 1, 60]) {
      await pass(seconds);
      pending.push(budget.pendingSeconds(ATTACH));
    }

    expect(pending).toEqual([4, 1, 0, 0]);
  });

  it('keeps a bucket for each action, and one of 50 and 5 a second for actions AWS does not list', async () => {
    const { served, takeMany, pass } = setUp();

    takeMany(41);
    takeMany(41, 'SomethingNew');
    takeMany(80, 'CreateNetworkInterface');
    await pass(60);

    expect(served.filter((seconds) => seconds === 0)).toHaveLength(40 + 40 + 80);
    expect(served.slice(-2)).toEqual([0.4, 0.4]);
  });

  it('divides its share by the number of workers', async () => {
    const { served, takeMany, pass } = setUp({ concurrency: 2 });

    takeMany(60);
    await pass(60);

    expect(served).toEqual([...Array.from({ length: 20 }, () => 0), 0.8, 1.6]);
  });

  it('lets one call go at a time when so many workers share it that none has a whole token', async () => {
    const { served, takeMany, pass } = setUp({ concurrency: 100 });

    takeMany(1);
    await pass(60);
    takeMany(1);
    await pass(1);

    expect(served).toEqual([0, 60]);
  });

  it('allows a burst as large as its share when told less', async () => {
    const { served, takeMany, pass } = setUp({ share: 1, burstShare: 0.1 });

    takeMany(50);
    await pass(0);

    expect(served).toHaveLength(50);
  });

  it('saves no more than a burst, however long nobody calls', async () => {
    const { served, takeMany, pass } = setUp();
    takeMany(40);
    await pass(3600);

    takeMany(45);
    await pass(60);

    expect(served.filter((seconds) => seconds === 3600)).toHaveLength(40);
  });
});

describe('a refusal by EC2', () => {
  it('takes away what was saved, so that calls go out as fast as the refill allows', async () => {
    const { budget, served, takeMany, pass } = setUp();

    budget.noteThrottled(ATTACH);
    takeMany(10);
    await pass(60);

    expect(served).toEqual([0.4, 0.8, 1.2, 1.6, 2]);
  });

  it('is forgotten as the bucket fills again', async () => {
    const { budget, served, takeMany, pass } = setUp();
    budget.noteThrottled(ATTACH);

    await pass(8);
    takeMany(20);
    await pass(8);
    takeMany(20);
    await pass(0);

    expect(served).toEqual([
      ...Array.from({ length: 20 }, () => 8),
      ...Array.from({ length: 20 }, () => 16),
    ]);
  });

  it('gives nothing back to those who wait already', async () => {
    const { budget, served, refused, takeMany, pass } = setUp();
    takeMany(45);

    budget.noteThrottled(ATTACH);
    takeMany(1);
    await pass(60);

    expect([served.length, refused.length]).toEqual([45, 1]);
  });

  it('is of no matter to other actions', async () => {
    const { budget, served, takeMany, pass } = setUp();

    budget.noteThrottled('CreateTags');
    takeMany(40);
    await pass(0);

    expect(served).toHaveLength(40);
  });
});
