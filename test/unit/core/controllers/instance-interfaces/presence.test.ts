import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { presenceOf } from '#core/controllers/instance-interfaces/presence.ts';
import { report } from '#core/instance/slot-plan.ts';
import { anObservation, aRecord, aState } from '#test/support/builders.ts';
import { aSlot, planOf } from './plan/slot-builders.ts';

const AGENTS = 'data/subnet-a';
const COMMANDS = 'voice/subnet-a';
const HOST = { eniId: 'eni-1', generation: 1 };

const present = (
  interfaces: Readonly<Record<string, Partial<SlotSpec>>>,
  host: Readonly<Record<string, object>>,
) => {
  const records = Object.entries(interfaces).map(
    ([slot, record]) => [slot, aRecord({ eniId: 'eni-1', generation: 1, ...record })] as const,
  );
  const hosts = Object.entries(host).map(([slot, row]) => [slot, { ...HOST, ...row }] as const);
  const state = aState(Object.fromEntries(records), { host: Object.fromEntries(hosts) });
  const slots = Object.keys(interfaces).map((slot) =>
    aSlot({ slot, nodeEni: slot.split('/')[0] ?? '', report: report('Attached', 'Attached', '') }),
  );
  return presenceOf(planOf(...slots), anObservation({ state }));
};

describe('presenceOf', () => {
  it('waits for the host that serves an interface', () => {
    expect(present({ [AGENTS]: {} }, { [AGENTS]: { configured: false } })).toMatchObject({
      isReported: true,
      ready: [],
    });
    expect(present({ [AGENTS]: {} }, { [AGENTS]: { configured: true } })).toMatchObject({
      isReported: true,
      ready: ['data'],
    });
  });

  it('waits for no host where nobody is to set the link up', () => {
    const unmanaged = { [AGENTS]: { linkMode: 'Unmanaged' } as const };

    expect(present(unmanaged, { [AGENTS]: { configured: false } })?.ready).toEqual(['data']);
  });

  it('takes the answer of a command for no word of an agent', () => {
    const both = { [AGENTS]: {}, [COMMANDS]: { host: 'SSM' } as const };

    expect(present(both, { [COMMANDS]: { configured: true } })).toMatchObject({
      isReported: false,
      ready: ['data', 'voice'],
    });
  });
});
