import { describe, expect, it } from 'vitest';
import { readinessOf } from '#core/controllers/instance-interfaces/readiness.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import { report, type SlotReport } from '#core/instance/slot-plan.ts';
import {
  aNodeEni,
  anAvailableEni,
  anEni,
  anObservation,
  aRecord,
  aState,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ATTACHED = report('Attached', 'Attached', 'Attached.');
const HOST = { eniId: 'eni-1', generation: 1, configured: true };

const planOf = (said: SlotReport | undefined, plan: Partial<InstancePlan> = {}): InstancePlan => ({
  slots: [{ slot: SLOT, nodeEni: 'data', ...(said && { report: said }) }],
  areLabelsKnown: true,
  unaccepted: [],
  postponed: [],
  isUndecided: false,
  isFinished: false,
  ...plan,
});

const readyWith = (
  said: SlotReport | undefined,
  { plan = {}, observed = {} }: { plan?: Partial<InstancePlan>; observed?: Partial<Observed> } = {},
) =>
  readinessOf({
    kind: 'reconciled',
    plan: planOf(said, plan),
    observed: anObservation(observed),
  } as Parameters<typeof readinessOf>[0]);

/** The state object of an instance on whose host nobody has said anything yet. */
const unspoken = () => {
  const { status: _, ...state } = aState({ [SLOT]: aRecord() });
  return state;
};

describe('readinessOf', () => {
  it.each([
    { outcome: undefined, isFlagPending: false },
    { outcome: { kind: 'foreign' }, isFlagPending: false },
    { outcome: { kind: 'failed', error: new Error('boom') }, isFlagPending: true },
  ] as const)('knows nothing without a reconcile: $outcome.kind', ({ outcome, isFlagPending }) => {
    expect(readinessOf(outcome as Parameters<typeof readinessOf>[0])).toEqual({
      isKnown: false,
      unattached: [],
      unconfigured: [],
      isFlagPending,
    });
  });

  it.each([
    { plan: {}, isKnown: true },
    { plan: { areLabelsKnown: false }, isKnown: false },
    { plan: { isUndecided: true }, isKnown: false },
  ])('is known: $isKnown for $plan', ({ plan, isKnown }) => {
    expect(readyWith(ATTACHED, { plan }).isKnown).toBe(isKnown);
  });

  it.each([
    { asked: 2, card: 0, places: 3, reason: 'InstanceLimitReached' },
    { asked: 3, card: 0, places: 3, reason: 'TooManyInterfaces' },
    { asked: 3, card: 1, places: 3, reason: 'InstanceLimitReached' },
    { asked: 4, card: 1, places: 3, reason: 'TooManyInterfaces' },
  ])(
    'tells a card that is full now from one that is too small: $asked on card $card with $places places',
    ({ asked, card, places, reason }) => {
      const said = report('Failed', 'InstanceLimitReached', 'Full.');
      const slots = Array.from({ length: asked }, (_, index) => ({
        slot: `data/subnet-${index}`,
        nodeEni: 'data',
        report: index === 0 ? said : ATTACHED,
      }));
      const nodeEnis = [aNodeEni({ networkCardIndex: card }), aNodeEni({}, { name: 'other' })];
      const limits = {
        ...anObservation().limits,
        instanceType: 'm5.large',
        maximumNetworkInterfaces: 2 * places,
        networkCards: [places, places],
      };

      const { unattached } = readyWith(undefined, {
        plan: { slots },
        observed: { nodeEnis, limits },
      });

      expect(unattached).toMatchObject([{ slot: 'data/subnet-0', reason, message: 'Full.' }]);
    },
  );

  it('waits for a NodeENI that cannot be read, unless what can be read of it selects another node', () => {
    const invalidNodeEnis = [
      { name: 'all-of-it' },
      { name: 'elsewhere', selecting: { nodeSelector: { ng: 'other' } } },
      { name: 'here', selecting: { nodeSelector: { ng: 'multi-eni' } } },
    ];

    const { unattached } = readyWith(ATTACHED, { observed: { invalidNodeEnis } });

    expect(unattached.map(({ slot, reason }) => [slot, reason])).toEqual([
      ['all-of-it', 'UnreadableSpec'],
      ['here', 'UnreadableSpec'],
    ]);
  });

  it('waits for a slot that an earlier interface holds until it is released', () => {
    const said = report('Releasing', 'Detaching', 'Going.');

    expect(readyWith(said, { plan: { postponed: [SLOT] } }).unattached).toEqual([
      {
        slot: SLOT,
        holder: { name: 'data', labels: {} },
        reason: 'ReleasingEarlier',
        message: expect.stringContaining('earlier'),
      },
    ]);
  });

  it('waits for what is not attached, and for what nobody has taken up', () => {
    const said = report('Pending', 'Attaching', 'On its way.');

    expect(readyWith(said, { plan: { unaccepted: ['voice'] } })).toMatchObject({
      unattached: [
        { slot: SLOT, reason: 'Attaching', message: 'On its way.' },
        {
          slot: 'voice',
          reason: 'NotAcceptedYet',
          message: expect.stringContaining('voice is new'),
        },
      ],
      unconfigured: [],
    });
  });

  it.each([
    report('Skipped', 'OtherZone', ''),
    report('Releasing', 'Detaching', ''),
    report('Retained', 'Retained', ''),
    report('Pending', 'Paused', ''),
    report('Failed', 'AttachedElsewhere', ''),
    undefined,
  ])('does not wait for %o', (said) => {
    expect(readyWith(said)).toMatchObject({ unattached: [], unconfigured: [] });
  });

  it.each([
    { name: 'a host that did it', host: HOST, waits: false },
    { name: 'a silent host', host: undefined, waits: true },
    { name: 'a host that did not', host: { ...HOST, configured: false }, waits: true },
    { name: 'a host that speaks of another ENI', host: { ...HOST, eniId: 'eni-0' }, waits: true },
    { name: 'a host that lags', host: { ...HOST, generation: 0 }, waits: true },
  ])('waits for the host: $waits with $name', ({ host, waits }) => {
    const state = aState(
      { [SLOT]: aRecord() },
      { host: host === undefined ? {} : { [SLOT]: host } },
    );

    const { unattached, unconfigured } = readyWith(ATTACHED, { observed: { state } });

    expect(unattached).toEqual([]);
    expect(unconfigured.map(({ slot }) => slot)).toEqual(waits ? [SLOT] : []);
  });

  it.each([
    { who: 'an agent', host: { [SLOT]: { ...HOST, configured: false } }, isServed: true },
    { who: 'nobody', host: {}, isServed: false },
    { who: 'a command, for another interface', host: { 'voice/subnet-a': HOST }, isServed: false },
  ])('knows of somebody who will configure it where $who reported: $isServed', (given) => {
    const interfaces = { [SLOT]: aRecord(), 'voice/subnet-a': aRecord({ host: 'SSM' }) };
    const state = aState(interfaces, { host: given.host });

    expect(readyWith(ATTACHED, { observed: { state } }).hasHostReport).toBe(given.isServed);
  });

  it.each([
    { name: 'no state object', observed: {} },
    { name: 'nothing recorded', observed: { state: { ...aState({}, { host: {} }), spec: {} } } },
    { name: 'nothing told by the host', observed: { state: unspoken() } },
  ])('waits for every host where there is $name', ({ observed }) => {
    expect(readyWith(ATTACHED, { observed }).unconfigured).toHaveLength(1);
    expect(readyWith(ATTACHED, { observed: { ours: [anEni()], ...observed } }).isFlagPending).toBe(
      false,
    );
  });

  it.each([
    { name: 'the flag differs', wanted: false, ours: [anEni()], isPending: true },
    {
      name: 'the flag of one among others differs',
      wanted: false,
      ours: [anEni({ eniId: 'eni-2' }), anEni(), anAvailableEni({ eniId: 'eni-3' })],
      isPending: true,
    },
    { name: 'the flag is right', wanted: true, ours: [anEni()], isPending: false },
    { name: 'the record does not say', wanted: undefined, ours: [anEni()], isPending: false },
    { name: 'nothing is attached', wanted: false, ours: [anAvailableEni()], isPending: false },
    {
      name: 'the ENI is not the recorded one',
      wanted: false,
      ours: [anEni({ eniId: 'eni-2' })],
      isPending: false,
    },
  ])(
    'knows that a flag is still to be set: $isPending when $name',
    ({ wanted, ours, isPending }) => {
      const record = aRecord({ ...(wanted !== undefined && { deleteOnTermination: wanted }) });
      const observed = {
        ours,
        state: aState({ 'a/b': aRecord({ eniId: 'eni-x' }), [SLOT]: record }),
      };

      expect(readyWith(ATTACHED, { observed }).isFlagPending).toBe(isPending);
      expect(readyWith(ATTACHED, { observed: { ours } }).isFlagPending).toBe(false);
    },
  );
});
