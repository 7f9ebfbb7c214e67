import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allPages, inChunks } from '#providers/paginate.ts';
import { scriptedCall } from './scripted-call.ts';

describe('allPages', () => {
  it('asks for the first page without a token and for each other one with the token before it', async () => {
    const { asked, call } = scriptedCall(
      { items: ['a', 'b'], nextToken: 'second' },
      { items: [], nextToken: 'third' },
      { items: ['c'], nextToken: undefined },
    );

    expect(await allPages(call)).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([undefined, 'second', 'third']);
  });

  it('takes an empty token for the last page', async () => {
    const { asked, call } = scriptedCall({ items: ['a'], nextToken: '' });

    expect(await allPages(call)).toEqual(['a']);
    expect(asked).toEqual([undefined]);
  });

  it('fails as a whole when a page fails', async () => {
    const { call } = scriptedCall({ items: ['a'], nextToken: 'second' }, new Error('no answer'));

    await expect(allPages(call)).rejects.toThrow('no answer');
  });
});

describe('inChunks', () => {
  it('asks for every value once, in chunks as large as allowed, and keeps their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string(), { maxLength: 50 }),
        fc.integer({ min: 1, max: 12 }),
        async (values, most) => {
          const chunks: string[][] = [];

          const answers = await inChunks(values, most, async (chunk) => {
            chunks.push(chunk);
            return chunk.map((value) => `${value}!`);
          });

          expect(answers).toEqual(values.map((value) => `${value}!`));
          expect(chunks).toHaveLength(Math.ceil(values.length / most));
          expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});
