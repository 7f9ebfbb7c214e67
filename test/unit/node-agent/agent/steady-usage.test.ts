import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { withSteadyUsage } from '#node-agent/agent/steady-usage.ts';
import { SLOT, slotSpec } from '../builders.ts';
import { NETWORK } from '../network-host.ts';

type HostRows = Readonly<Record<string, HostStatus>>;

const SPEC = { interfaces: { [SLOT]: slotSpec({ podNetwork: { ...NETWORK, spare: 4 } }) } };
const row = (
  addressesInUse: number,
  changes: { generation?: number; addresses?: number } = {},
): HostRows => {
  const { generation = 1, addresses = 16 } = changes;
  return {
    [SLOT]: {
      ...{ eniId: 'eni-06', generation, configured: true },
      podNetwork: {
        ...({ state: 'Ready', reason: 'Ready', message: 'm' } as const),
        ...{ addresses, addressesInUse },
      },
    },
  };
};
const told = (before: HostRows | undefined, after: HostRows) =>
  withSteadyUsage(SPEC, before, after)[SLOT]?.podNetwork?.addressesInUse;

describe('how many addresses are in use', () => {
  it.each([
    ['is told at first', undefined, row(3), 3],
    ['stays as it was told while enough are left', row(0), row(12), 0],
    ['is told when fewer than are to be spare are left', row(0), row(13), 13],
    ['stays while they are short of', row(13), row(16), 13],
    ['stays while there are fewer than twice as many', row(13), row(9), 13],
    ['is told when there are twice as many again', row(13), row(8), 8],
    ['is told with whatever else is new', row(0), row(5, { generation: 2 }), 5],
    ['is told when there are more addresses', row(13), row(14, { addresses: 32 }), 14],
  ])('%s', (_, before, after, expected) => {
    expect(told(before, after)).toBe(expected);
  });

  it('is never short where none are to be spare', () => {
    const spec = { interfaces: { [SLOT]: slotSpec({ podNetwork: { ...NETWORK, spare: 0 } }) } };

    expect(withSteadyUsage(spec, row(0), row(16))[SLOT]).toEqual(row(0)[SLOT]);
  });
});
