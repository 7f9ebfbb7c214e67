import { describe, expect, it } from 'vitest';
import { simulateLaunch } from '#cli/simulate/launch.ts';
import { countCalls } from '#cli/simulate/measures.ts';
import { MOST_OBJECT_BYTES, objectOf } from '#test/bench/object-size.ts';
import { FLEET } from './builders.ts';

describe('The status of a NodeENI on 5,000 nodes', () => {
  it('keeps the rows that there is room for, and counts the rest', () => {
    const { attachments = [], attachmentsOmitted, desiredInterfaces } = objectOf(5000).status;

    expect(attachments.length).toBeGreaterThan(300);
    expect(attachments.length).toBeLessThanOrEqual(500);
    expect(attachmentsOmitted).toBe(5000 - attachments.length);
    expect(desiredInterfaces).toBe(5000);
  });

  it('is far below what the API server stores, however long its messages are', () => {
    const [small, large] = [objectOf(500).bytes, objectOf(5000).bytes];

    expect(large).toBeLessThan(MOST_OBJECT_BYTES / 2);
    expect(large - small).toBeLessThan(1000);
  });
});

describe('The launch of a fleet', () => {
  it('ends within 1.1 times the bound of its budget at 100 nodes × 4 interfaces', async () => {
    const { seconds = Number.NaN, leastSeconds } = await simulateLaunch({
      ...FLEET,
      interfaces: 4,
    });

    expect(seconds / leastSeconds).toBeLessThanOrEqual(1.1);
  });

  it('takes calls in proportion to its nodes', async () => {
    const [small, large] = [
      await simulateLaunch({ ...FLEET, nodes: 20 }),
      await simulateLaunch({ ...FLEET, nodes: 80 }),
    ];

    const changing = [small, large].map(({ calls }) =>
      countCalls(calls).filter(({ action }) => !action.startsWith('Describe')),
    );
    expect(changing.map((counts) => counts.map(({ calls }) => calls))).toEqual([
      [20, 20, 20],
      [80, 80, 80],
    ]);
    expect(large.calls.length).toBeLessThan(6 * small.calls.length);
  });
});
