import { expect, it } from 'vitest';
import { costOf, gigabyteSecondsOf, OWN_SECONDS } from '#cli/simulate/cost.ts';
import { FUNCTION_SETTINGS } from '#stacks/function-settings.ts';
import { launchOf } from './builders.ts';

it('A launch costs its invocations, their time in memory, requests of queues and its own events', () => {
  const functions = new Map([
    ['reconcile', { invocations: 1000, seconds: 1950 }],
    ['requeue', { invocations: 400, seconds: 0 }],
  ]);

  const lines = costOf(launchOf({ functions }));

  expect(lines.map(({ item, amount }) => [item, amount])).toEqual([
    ['Lambda requests', 1400],
    ['Lambda GB-seconds, Arm', 0.5 * (1950 + 1000 * OWN_SECONDS) + 0.25 * 400 * OWN_SECONDS],
    ['SQS requests, FIFO', 30],
    ['SQS requests, standard', 20],
    ['EventBridge custom events', 100],
  ]);
  const costs = lines.map(({ cost }) => Number(cost.toFixed(6)));
  expect(costs).toEqual([0.00028, 0.0134, 0.000015, 0.000008, 0.0001]);
});

it.each(Object.entries(FUNCTION_SETTINGS).filter(([name]) => name !== 'on-remove'))(
  'A second of %s costs the memory that it is deployed with',
  (name, { memoryMegabytes }) => {
    const functions = new Map([[name, { invocations: 0, seconds: 1 }]]);

    expect(gigabyteSecondsOf({ functions })).toBe(memoryMegabytes / 1024);
  },
);
