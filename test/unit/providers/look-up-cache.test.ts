import { describe, expect, it } from 'vitest';
import { createLookUpCache } from '#providers/look-up-cache.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const WORLD: Readonly<Record<string, readonly string[]>> = { a: ['one'], b: ['two', 'three'] };

/** A cache over a small world, which counts its reads and answers after `latencyMs`. */
const setUp = (options: { readonly absentTimeToLiveSeconds?: number; latencyMs?: number } = {}) => {
  const { latencyMs = 0, ...rest } = options;
  const clock = new VirtualClock();
  const reads: (readonly string[])[] = [];
  const failures: Error[] = [];
  const find = createLookUpCache<string>({
    clock,
    timeToLiveSeconds: 60,
    ...rest,
    read: async (keys) => {
      reads.push(keys);
      if (latencyMs > 0) await clock.sleep(latencyMs);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return new Map(keys.flatMap((key) => (WORLD[key] ? [[key, WORLD[key]]] : [])));
    },
  });
  return { clock, reads, failures, find };
};

describe('createLookUpCache', () => {
  it('reads the keys of one look by one call and joins what was found in their order', async () => {
    const { find, reads } = setUp();

    const found = await find(['b', 'unknown', 'a']);

    expect(found).toEqual(['two', 'three', 'one']);
    expect(reads).toEqual([['b', 'unknown', 'a']]);
  });

  it('asks once for a key that a look-up names twice, and answers it twice', async () => {
    const { find, reads } = setUp();

    expect(await find(['a', 'a'])).toEqual(['one', 'one']);
    expect(reads).toEqual([['a']]);
  });

  it('reads only what it does not know yet', async () => {
    const { find, reads } = setUp();
    await find(['a']);

    const found = await find(['a', 'b']);

    expect(found).toEqual(['one', 'two', 'three']);
    expect(reads).toEqual([['a'], ['b']]);
  });

  it('asks nothing when nothing is looked for', async () => {
    const { find, reads } = setUp();

    expect(await find([])).toEqual([]);
    expect(reads).toEqual([]);
  });

  it('joins look-ups at the same key while its read is under way', async () => {
    const { clock, find, reads } = setUp({ latencyMs: 200 });

    const looks = Promise.all([find(['a']), find(['a', 'b']), find(['b'])]);
    await clock.advanceBy(200);

    expect(await looks).toEqual([['one'], ['one', 'two', 'three'], ['two', 'three']]);
    expect(reads).toEqual([['a'], ['b']]);
  });

  it.each([
    ['a', {}],
    ['unknown', { absentTimeToLiveSeconds: 60 }],
  ])('remembers %s for its time to live and no longer', async (key, options) => {
    const { clock, find, reads } = setUp(options);
    const first = await find([key]);

    await clock.advanceBy(59_999);
    const remembered = await find([key]);
    const readsBefore = reads.length;
    await clock.advanceBy(1);
    const readAgain = await find([key]);

    expect([remembered, readAgain]).toEqual([first, first]);
    expect([readsBefore, reads.length]).toEqual([1, 2]);
  });

  it('does not remember that there was nothing: it may be there by now', async () => {
    const { find, reads } = setUp();

    await find(['a', 'unknown']);
    await find(['a', 'unknown']);

    expect(reads).toEqual([['a', 'unknown'], ['unknown']]);
  });

  it('reads past what it remembers for who asks so, once for all of one moment', async () => {
    const { clock, find, reads } = setUp({ latencyMs: 200 });
    const first = find(['a']);
    await clock.advanceBy(200);
    await first;

    const looks = [find(['a'], { isFresh: true }), find(['a'], { isFresh: true }), find(['a'])];
    await clock.advanceBy(200);

    expect(await Promise.all(looks)).toEqual([['one'], ['one'], ['one']]);
    expect(reads).toEqual([['a'], ['a']]);
  });

  it('does not remember a failed read', async () => {
    const { find, reads, failures } = setUp();
    failures.push(new Error('no answer'));

    await expect(find(['a', 'b'])).rejects.toThrow('no answer');
    expect(await find(['a'])).toEqual(['one']);
    expect(reads).toEqual([['a', 'b'], ['a']]);
  });

  it('fails every look that waits for the read that fails', async () => {
    const { clock, find, failures, reads } = setUp({ latencyMs: 200 });
    failures.push(new Error('no answer'));

    const looks = Promise.allSettled([find(['a']), find(['a'])]);
    await clock.advanceBy(200);

    expect((await looks).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reads).toEqual([['a']]);
  });
});
