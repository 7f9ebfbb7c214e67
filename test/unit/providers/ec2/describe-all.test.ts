import { describe, expect, it } from 'vitest';
import { describeAll, inFilterChunks } from '#providers/ec2/describe-all.ts';
import { ec2Error } from '#simulator/ec2/errors.ts';
import { scriptedCall } from '../scripted-call.ts';

const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `name-${index}`);

describe('describeAll', () => {
  it('names no page first, then each token in turn, until a token is empty', async () => {
    const { asked, call } = scriptedCall(
      { items: [1], nextToken: 'more' },
      { items: [2], nextToken: '' },
    );

    expect(await describeAll('DescribeSubnets', call)).toEqual([1, 2]);
    expect(asked).toEqual([{}, { NextToken: 'more' }]);
  });

  it('classifies what any page throws under the name of the operation', async () => {
    const thrown = ec2Error('RequestLimitExceeded', 'Request limit exceeded.');
    const { call } = scriptedCall<{ items: number[]; nextToken: string }>(
      { items: [1], nextToken: 'more' },
      thrown,
    );

    await expect(describeAll('DescribeSubnets', call)).rejects.toMatchObject({
      name: 'CallError',
      failure: 'Throttled',
      code: 'RequestLimitExceeded',
      message: 'DescribeSubnets: RequestLimitExceeded: Request limit exceeded.',
      cause: thrown,
    });
  });
});

describe('inFilterChunks', () => {
  it.each([
    { count: 0, chunks: [] },
    { count: 1, chunks: [1] },
    { count: 200, chunks: [200] },
    { count: 201, chunks: [200, 1] },
    { count: 450, chunks: [200, 200, 50] },
  ])('splits $count values of a filter into calls of $chunks', async ({ count, chunks }) => {
    const sizes: number[] = [];

    const found = await inFilterChunks(namesOf(count), async (values) => {
      sizes.push(values.length);
      return values;
    });

    expect(sizes).toEqual(chunks);
    expect(found).toEqual(namesOf(count));
  });
});
