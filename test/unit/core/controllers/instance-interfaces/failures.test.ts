import { describe, expect, it } from 'vitest';
import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';
import { asCallError, withFailure } from '#core/controllers/instance-interfaces/failures.ts';
import { report, type SlotPlan } from '#core/controllers/instance-interfaces/slot-plan.ts';
import { CallError } from '#core/errors.ts';
import { aNodeEni, anObservation, aRecord, aState, NOW } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';

const PLAN: SlotPlan = {
  slot: SLOT,
  nodeEni: 'data',
  action: { type: 'delete', slot: SLOT, eniId: 'eni-1' },
  report: report('Pending', 'Creating', 'On its way.'),
};

const inSeconds = (seconds: number): string =>
  new Date(NOW.getTime() + seconds * 1000).toISOString();

const FULL = new CallError('Capacity', 'InsufficientFreeAddressesInSubnet', 'No address.');
const LIMIT = new CallError('Capacity', 'AttachmentLimitExceeded', 'No room.');
const DENIED = new CallError('Denied', 'UnauthorizedOperation', 'You may not.');

/** The plan after a failure, where this back-off is recorded. */
const failing = (
  error: CallError,
  { backOff, plan = PLAN }: { readonly backOff?: BackOff; readonly plan?: SlotPlan } = {},
) => {
  const record = aRecord(backOff === undefined ? {} : { backOff });
  const observed = anObservation({ nodeEnis: [aNodeEni()], state: aState({ [SLOT]: record }) });
  return withFailure(plan, error, observed);
};

const aBackOff = (backOff: Partial<BackOff> = {}): BackOff => ({
  reason: 'AccessDenied',
  message: 'You may not.',
  isRefusal: true,
  until: NOW.toISOString(),
  failures: 1,
  nodeEniGeneration: 1,
  ...backOff,
});

describe('withFailure', () => {
  it('makes no further call in this look', () => {
    expect(failing(DENIED)).not.toHaveProperty('action');
    expect(failing(new CallError('NotReady', 'Code', 'Wait.'))).not.toHaveProperty('action');
  });

  it.each(['Throttled', 'NotReady', 'NotFound', 'Conflict', 'AlreadyDone'] as const)(
    'only looks again at what passes by itself: %s',
    (failure) => {
      const error = new CallError(failure, 'Code', 'Later.', { retryAfterSeconds: 7 });

      const plan = failing(error);

      expect(plan).toMatchObject({
        report: { phase: 'Pending', reason: failure, message: 'Later.' },
        lookAgainSeconds: 7,
      });
      expect(plan).not.toHaveProperty('record');
    },
  );

  it('records what only a person can change, and when it is worth asking again', () => {
    expect(failing(DENIED)).toMatchObject({
      record: { eniId: 'eni-1', backOff: aBackOff({ until: inSeconds(300) }) },
      report: { phase: 'Failed', reason: 'AccessDenied', message: 'You may not.' },
      lookAgainSeconds: 300,
    });
  });

  it.each([
    { code: 'InsufficientFreeAddressesInSubnet', reason: 'SubnetFull', seconds: 60 },
    { code: 'AttachmentLimitExceeded', reason: 'InstanceLimitReached', seconds: 300 },
    { code: 'NetworkInterfaceLimitExceeded', reason: 'RegionLimitReached', seconds: 300 },
    { code: 'SomethingNew', reason: 'CapacityExceeded', seconds: 300 },
  ])('calls $code $reason, for $seconds seconds', ({ code, reason, seconds }) => {
    expect(failing(new CallError('Capacity', code, 'No.'))).toMatchObject({
      report: { reason },
      lookAgainSeconds: seconds,
    });
  });

  it.each([
    { failures: 1, seconds: 600 },
    { failures: 3, seconds: 2400 },
    { failures: 4, seconds: 3600 },
    { failures: 2000, seconds: 3600 },
  ])('waits $seconds seconds after $failures failures before', ({ failures, seconds }) => {
    expect(failing(DENIED, { backOff: aBackOff({ failures }) })).toMatchObject({
      record: { backOff: { failures: failures + 1, until: inSeconds(seconds) } },
      lookAgainSeconds: seconds,
    });
  });

  it.each([
    { name: 'another reason', backOff: aBackOff({ failures: 5, reason: 'Error' }) },
    { name: 'an earlier spec', backOff: aBackOff({ failures: 5, nodeEniGeneration: 0 }) },
  ])('counts anew after $name', ({ backOff }) => {
    expect(failing(DENIED, { backOff }).record?.backOff?.failures).toBe(1);
  });

  it('does not wait longer for addresses that become free by themselves', () => {
    const backOff = aBackOff({ failures: 5, reason: 'SubnetFull' });

    expect(failing(FULL, { backOff }).lookAgainSeconds).toBe(60);
    expect(
      failing(LIMIT, { backOff: { ...backOff, reason: 'InstanceLimitReached' } }),
    ).toMatchObject({ lookAgainSeconds: 3600 });
  });

  it('knows a refusal from a call without an answer', () => {
    const unanswered = new CallError('Unknown', 'TimeoutError', 'No answer.');

    expect(failing(unanswered).record?.backOff?.isRefusal).toBe(false);
    expect(failing(DENIED).record?.backOff?.isRefusal).toBe(true);
  });

  it('stays in release, and keeps what the plan records', () => {
    const record = aRecord({ phase: 'Releasing', eniId: 'eni-2' });
    const plan = { ...PLAN, record, report: report('Releasing', 'Detaching', '') };

    expect(failing(DENIED, { plan })).toMatchObject({
      record: { phase: 'Releasing', eniId: 'eni-2', backOff: { reason: 'AccessDenied' } },
      report: { phase: 'Releasing', reason: 'AccessDenied' },
    });
    expect(failing(new CallError('NotReady', 'Code', 'Wait.'), { plan }).report?.phase).toBe(
      'Releasing',
    );
  });

  it('records for which generation of its own NodeENI it was refused', () => {
    const nodeEnis = [
      aNodeEni({}, { name: 'voice', generation: 9 }),
      aNodeEni({}, { generation: 4 }),
    ];
    const state = aState({ [SLOT]: aRecord() });

    const plan = withFailure(PLAN, DENIED, anObservation({ nodeEnis, state }));

    expect(plan.record?.backOff?.nodeEniGeneration).toBe(4);
  });

  it('bears a slot of which nothing is recorded or said', () => {
    const { report: _, ...silent } = PLAN;
    const state = { ...aState(), spec: {} };

    const plan = withFailure(silent, DENIED, anObservation({ nodeEnis: [] }));

    expect(plan).not.toHaveProperty('record');
    expect(plan.report?.phase).toBe('Failed');
    expect(withFailure(silent, DENIED, anObservation({ state }))).not.toHaveProperty('record');
    expect(
      withFailure(silent, new CallError('NotReady', 'Code', 'Wait.'), anObservation()).report
        ?.phase,
    ).toBe('Pending');
  });
});

describe('asCallError', () => {
  it('leaves a classified error as it is', () => {
    expect(asCallError(DENIED)).toBe(DENIED);
  });

  it('takes anything else for unknown, with its own words', () => {
    const error = new TypeError('boom');

    expect(asCallError(error)).toMatchObject({
      failure: 'Unknown',
      code: 'Error',
      message: 'boom',
      cause: error,
    });
    expect(asCallError('gone')).toMatchObject({ failure: 'Unknown', message: 'gone' });
  });
});
