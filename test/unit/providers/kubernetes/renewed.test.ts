import { describe, expect, it } from 'vitest';
import { createRenewed } from '#providers/kubernetes/renewed.ts';

/** Values that count up, each good for ten seconds, and a clock to turn. */
const setUp = (seconds = 10) => {
  let now = 0;
  let reads = 0;
  const failures: Error[] = [];
  const renewed = createRenewed({
    clock: { now: () => new Date(now) },
    read: async () => {
      reads += 1;
      const value = reads;
      await Promise.resolve();
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return { value, until: new Date(now + seconds * 1000) };
    },
  });
  return {
    renewed,
    failures,
    turnTo: (seconds: number) => {
      now = seconds * 1000;
    },
  };
};

describe('createRenewed', () => {
  it('keeps a value until its time is over', async () => {
    const { renewed, turnTo } = setUp();

    const values = [await renewed()];
    for (const seconds of [5, 9.999, 10, 15]) {
      turnTo(seconds);
      values.push(await renewed());
    }

    expect(values).toEqual([1, 1, 1, 2, 2]);
  });

  it('reads once for all who ask at one moment', async () => {
    const { renewed } = setUp();

    expect(await Promise.all([renewed(), renewed(), renewed()])).toEqual([1, 1, 1]);
  });

  it('reads once for all who ask while a new value is being read', async () => {
    const { renewed, turnTo } = setUp();
    await renewed();
    turnTo(10);

    expect(await Promise.all([renewed(), renewed()])).toEqual([2, 2]);
  });

  it('throws a failed read to those who waited for it, and reads again for the next', async () => {
    const { renewed, failures } = setUp();
    failures.push(new Error('not now'));

    const first = await Promise.allSettled([renewed(), renewed()]);

    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await renewed()).toBe(2);
  });

  it('reads a value that is doubted again, if it was not read just now', async () => {
    const { renewed, turnTo } = setUp(3600);
    await renewed();

    const values: number[] = [];
    for (const seconds of [3, 14, 15]) {
      turnTo(seconds);
      renewed.doubt();
      values.push(await renewed());
    }

    expect(values).toEqual([1, 1, 2]);
  });

  it('has nothing to doubt before it was read, and while it is being read', async () => {
    const { renewed } = setUp();
    renewed.doubt();
    const first = renewed();
    renewed.doubt();

    expect([await first, await renewed()]).toEqual([1, 1]);
  });
});
