import { describe, expect, it } from 'vitest';
import type { NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState, SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import { expectedEnd, isOnlyForecast, untilAbout } from '#core/controllers/roll-up/forecast.ts';
import { rowsOf } from '#core/controllers/roll-up/rows.ts';
import { ago, aRecord, aState, NOW } from '#test/support/builders.ts';

const inSeconds = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

/** One slot each on so many instances. */
const statesOf = (
  count: number,
  status: Partial<SlotStatus>,
  name = 'data',
): readonly NodeEniState[] =>
  Array.from({ length: count }, (_, index) => {
    const slot = `${name}/subnet-a`;
    const told = { phase: 'Pending', reason: 'Creating', message: '', since: ago(5), ...status };
    const state = aState({ [slot]: aRecord() }, { interfaces: { [slot]: told as SlotStatus } });
    return { ...state, metadata: { ...state.metadata, name: `i-${name}-${index}` } };
  });

const endOf = (states: readonly NodeEniState[], matchedNodes = 0): Date | undefined =>
  expectedEnd({ rows: rowsOf('data', states), states, matchedNodes, share: 0.5, now: NOW });

describe('expectedEnd', () => {
  it('is what the budget takes for all that is being built', () => {
    expect(endOf(statesOf(600, { reason: 'Throttled' }))).toEqual(inSeconds(240));
  });

  it('is rounded up to whole minutes', () => {
    expect(endOf(statesOf(151, {}))).toEqual(inSeconds(120));
  });

  it('counts the interfaces of other NodeENIs, which share the budget', () => {
    const others = statesOf(450, { reason: 'Attaching' }, 'voice');

    expect(endOf([...statesOf(150, {}), ...others])).toEqual(inSeconds(240));
  });

  it('counts nodes that nobody has reconciled, with as many interfaces as the others', () => {
    expect(endOf(statesOf(150, {}), 600)).toEqual(inSeconds(240));
  });

  it('takes those nodes to need two where the others do, whatever they are letting go of', () => {
    const slots = ['data/subnet-a', 'data/subnet-b'];
    const leaving = 'data/subnet-c';
    const records = Object.fromEntries([...slots, leaving].map((slot) => [slot, aRecord()]));
    const creating = { phase: 'Pending', reason: 'Creating', message: '', since: ago(5) } as const;
    const releasing = { ...creating, phase: 'Releasing', reason: 'Releasing' } as const;
    const interfaces = {
      ...Object.fromEntries(slots.map((slot) => [slot, creating])),
      [leaving]: releasing,
    };
    const states = Array.from({ length: 75 }, (_, index) => ({
      ...aState(records, { interfaces }),
      metadata: { name: `i-${index}`, uid: 'state-uid' },
    }));

    expect(endOf(states, 300)).toEqual(inSeconds(240));
  });

  it('copes with an instance of which nothing is known yet', () => {
    const { status: _, ...unseen } = aState();

    expect(endOf([...statesOf(600, {}), unseen])).toEqual(inSeconds(240));
  });

  it('counts nothing that is ready, failed, or held', () => {
    const others = [
      ...statesOf(500, { phase: 'Attached', reason: 'Attached' }, 'a'),
      ...statesOf(500, { phase: 'Failed', reason: 'SubnetFull' }, 'b'),
      ...statesOf(500, { reason: 'Paused' }, 'c'),
      ...statesOf(500, { phase: 'Releasing', reason: 'Throttled' }, 'd'),
    ];

    expect(endOf([...statesOf(600, {}), ...others])).toEqual(inSeconds(240));
  });

  it('is not told of a short wait, unless the budget is its reason', () => {
    expect(endOf(statesOf(149, {}))).toBeUndefined();
    expect(endOf(statesOf(150, {}))).toEqual(inSeconds(60));
    expect(endOf(statesOf(1, { reason: 'Throttled' }))).toEqual(inSeconds(60));
    expect(endOf([...statesOf(1, { reason: 'Throttled' }), ...statesOf(2, {}).slice(1)])).toEqual(
      inSeconds(60),
    );
  });

  it('is not told where nothing of this NodeENI is being built', () => {
    const others = statesOf(600, { reason: 'Throttled' }, 'voice');

    expect(endOf(others)).toBeUndefined();
    expect(
      endOf([...statesOf(1, { phase: 'Attached', reason: 'Attached' }), ...others]),
    ).toBeUndefined();
  });
});

describe('isOnlyForecast', () => {
  const aStatus = (message: string, summary = '1/2'): NodeEniStatus => ({
    summary,
    conditions: [
      { type: 'Ready', status: 'False', reason: 'Throttled', message, lastTransitionTime: ago(5) },
    ],
  });
  const inFive = `Wait ${untilAbout(inSeconds(300))}.`;
  const inSeven = `Wait ${untilAbout(inSeconds(420))}.`;

  it('tells a time that moved from every other change', () => {
    expect(isOnlyForecast(aStatus(inSeven), aStatus(inFive), NOW)).toBe(true);
    expect(isOnlyForecast(aStatus(inSeven, '2/2'), aStatus(inFive), NOW)).toBe(false);
    expect(isOnlyForecast(aStatus(`Still: ${inSeven}`), aStatus(inFive), NOW)).toBe(false);
    expect(isOnlyForecast({}, {}, NOW)).toBe(true);
  });

  it('lets a time be written anew once the one that was reported has passed', () => {
    expect(isOnlyForecast(aStatus(inSeven), aStatus(inFive), inSeconds(300))).toBe(true);
    expect(isOnlyForecast(aStatus(inSeven), aStatus(inFive), inSeconds(301))).toBe(false);
  });
});

describe('untilAbout', () => {
  it('names the minute', () => {
    expect(untilAbout(inSeconds(300))).toBe('until about 2026-11-21T12:05Z');
  });
});
