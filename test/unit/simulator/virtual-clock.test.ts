import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#simulator/virtual-clock.ts';

/** A clock that begins at zero, and who woke at which millisecond. */
const setUp = () => {
  const clock = new VirtualClock(new Date(0));
  const woken: [name: string, atMs: number][] = [];
  const sleep = async (name: string, milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now().getTime()]);
  };
  return { clock, woken, sleep };
};

describe('VirtualClock', () => {
  it('stands still until it is told to go on', async () => {
    const { clock, woken, sleep } = setUp();

    void sleep('a', 0);
    await new Promise((resolve) => setTimeout(resolve, 5));

    expect([clock.now(), woken, clock.pendingTimers]).toEqual([new Date(0), [], 1]);
  });

  it('gives a date that nobody can turn back', () => {
    const { clock } = setUp();

    clock.now().setFullYear(1999);

    expect(clock.now()).toEqual(new Date(0));
  });

  it('wakes sleepers in the order of their times, each at its own, equals in the order they came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -5, max: 50 }), { maxLength: 30 }),
        async (naps) => {
          const { clock, woken, sleep } = setUp();
          for (const [index, milliseconds] of naps.entries()) void sleep(`${index}`, milliseconds);

          await clock.advanceBy(50);

          const wanted = naps
            .map((milliseconds, index) => [`${index}`, Math.max(0, milliseconds)])
            .toSorted(([, left], [, right]) => Number(left) - Number(right));
          expect(woken).toEqual(wanted);
        },
      ),
    );
  });

  it('wakes who falls into the time that passes, its end included, and leaves the others', async () => {
    const { clock, woken, sleep } = setUp();
    void sleep('within', 99);
    void sleep('at the end', 100);
    void sleep('later', 101);

    await clock.advanceBy(100);

    expect(woken).toEqual([
      ['within', 99],
      ['at the end', 100],
    ]);
    expect([clock.now(), clock.pendingTimers]).toEqual([new Date(100), 1]);
  });

  it('wakes those who fall asleep while time passes', async () => {
    const { clock, woken, sleep } = setUp();
    void sleep('first', 10)
      .then(() => sleep('second', 10))
      .then(() => sleep('third', 81));

    await clock.advanceBy(100);

    expect(woken).toEqual([
      ['first', 10],
      ['second', 20],
    ]);
    expect(clock.now()).toEqual(new Date(100));
  });

  it('lets everything that follows from one wake-up happen before the next', async () => {
    const { clock, woken, sleep } = setUp();
    const chain = async (): Promise<void> => {
      await sleep('first', 10);
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      woken.push(['its consequence', clock.now().getTime()]);
    };
    void chain();
    void sleep('second', 11);

    await clock.advanceBy(11);

    expect(woken).toEqual([
      ['first', 10],
      ['its consequence', 10],
      ['second', 11],
    ]);
  });

  it('never goes back', async () => {
    const { clock } = setUp();
    await clock.advanceBy(100);

    await clock.runUntil(new Date(50));

    expect(clock.now()).toEqual(new Date(100));
  });
});

describe('running until something is true', () => {
  it('stops at the moment it becomes true', async () => {
    const { clock, woken, sleep } = setUp();
    for (const milliseconds of [10, 20, 30]) void sleep('a', milliseconds);

    const isTrue = await clock.runUntilTrue(() => woken.length === 2, 1000);

    expect([isTrue, clock.now(), clock.pendingTimers]).toEqual([true, new Date(20), 1]);
  });

  it('passes no time when it is true already', async () => {
    const { clock, sleep } = setUp();
    void sleep('a', 0);

    expect(await clock.runUntilTrue(() => true, 1000)).toBe(true);
    expect([clock.now(), clock.pendingTimers]).toEqual([new Date(0), 1]);
  });

  it('gives up at the limit', async () => {
    const { clock, woken, sleep } = setUp();
    void sleep('too late', 101);

    const isTrue = await clock.runUntilTrue(() => woken.length === 1, 100);

    expect([isTrue, clock.now(), clock.pendingTimers]).toEqual([false, new Date(100), 1]);
  });

  it('counts what becomes true by the limit itself', async () => {
    const { clock } = setUp();

    expect(await clock.runUntilTrue(() => clock.now().getTime() === 100, 100)).toBe(true);
  });
});

describe('running until nobody sleeps', () => {
  it('stops with the last sleeper', async () => {
    const { clock, sleep } = setUp();
    void sleep('a', 10).then(() => sleep('b', 30));

    expect(await clock.runUntilIdle(1000)).toBe(true);
    expect(clock.now()).toEqual(new Date(40));
  });

  it('gives up on those who never stop', async () => {
    const { clock } = setUp();
    const forever = async (): Promise<void> => {
      await clock.sleep(10);
      await forever();
    };
    void forever();

    expect(await clock.runUntilIdle(95)).toBe(false);
    expect(clock.now()).toEqual(new Date(95));
  });
});
