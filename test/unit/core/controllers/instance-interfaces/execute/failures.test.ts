import { describe, expect, it } from 'vitest';
import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';
import { setbackFor } from '#core/controllers/instance-interfaces/execute/failures.ts';
import { asCallError, CallError } from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import { doubtsReferences } from '#core/instance/setback.ts';
import { aRecord, NOW } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const DELETE: InterfaceAction = { type: 'delete', slot: SLOT, eniId: 'eni-1' };
const { create: parameters } = aRecord();
const CREATE = { type: 'create', slot: SLOT, parameters } as InterfaceAction;
const GROUPS: InterfaceAction = {
  type: 'set-groups',
  slot: SLOT,
  eniId: 'eni-1',
  groupIds: ['sg-1'],
};

const inSeconds = (seconds: number): string =>
  new Date(NOW.getTime() + seconds * 1000).toISOString();

const FULL = new CallError('Capacity', 'InsufficientFreeAddressesInSubnet', 'No address.');
const LIMIT = new CallError('Capacity', 'AttachmentLimitExceeded', 'No room.');
const DENIED = new CallError('Denied', 'UnauthorizedOperation', 'You may not.');
const NO_GROUP = new CallError('NotFound', 'InvalidGroup.NotFound', 'No such group.');

/** What a failure stands for, where this back-off is recorded. */
const failing = (
  error: CallError,
  given: Partial<Parameters<typeof setbackFor>[1]> & { readonly backOff?: BackOff } = {},
) =>
  setbackFor(error, {
    action: DELETE,
    previous: given.backOff,
    generation: 1,
    now: NOW,
    isFirstTry: false,
    ...given,
  });

const aBackOff = (backOff: Partial<BackOff> = {}): BackOff => ({
  reason: 'AccessDenied',
  message: 'You may not.',
  isRefusal: true,
  until: NOW.toISOString(),
  failures: 1,
  nodeEniGeneration: 1,
  ...backOff,
});

describe('setbackFor', () => {
  it.each(['Throttled', 'NotReady', 'NotFound', 'Conflict', 'AlreadyDone'] as const)(
    'only requeues what passes by itself: %s',
    (failure) => {
      const error = new CallError(failure, 'Code', 'Later.', { retryAfterSeconds: 7 });

      expect(failing(error)).toMatchObject({
        isPassing: true,
        reason: failure,
        message: 'Later.',
        until: inSeconds(7),
      });
    },
  );

  it('records what only a person can change, and when it is worth asking again', () => {
    expect(failing(DENIED)).toEqual(aBackOff({ until: inSeconds(300) }));
  });

  it.each([
    { code: 'InsufficientFreeAddressesInSubnet', reason: 'SubnetFull', seconds: 60 },
    { code: 'AttachmentLimitExceeded', reason: 'InstanceLimitReached', seconds: 300 },
    { code: 'NetworkInterfaceLimitExceeded', reason: 'RegionLimitReached', seconds: 300 },
    { code: 'SomethingNew', reason: 'CapacityExceeded', seconds: 300 },
  ])('calls $code $reason, for $seconds seconds', ({ code, reason, seconds }) => {
    expect(failing(new CallError('Capacity', code, 'No.'))).toMatchObject({
      reason,
      until: inSeconds(seconds),
    });
  });

  it.each([
    { failures: 1, seconds: 600 },
    { failures: 3, seconds: 2400 },
    { failures: 4, seconds: 3600 },
    { failures: 2000, seconds: 3600 },
  ])('waits $seconds seconds after $failures failures before', ({ failures, seconds }) => {
    expect(failing(DENIED, { backOff: aBackOff({ failures }) })).toMatchObject({
      failures: failures + 1,
      until: inSeconds(seconds),
    });
  });

  it.each([
    { name: 'another reason', backOff: aBackOff({ failures: 5, reason: 'Error' }) },
    { name: 'an earlier spec', backOff: aBackOff({ failures: 5, nodeEniGeneration: 0 }) },
  ])('counts anew after $name', ({ backOff }) => {
    expect(failing(DENIED, { backOff }).failures).toBe(1);
  });

  it('waits longer each time for addresses of which the describe does not tell', () => {
    const backOff = aBackOff({ failures: 5, reason: 'SubnetFull' });

    expect(failing(FULL).until).toBe(inSeconds(60));
    expect(failing(FULL, { backOff }).until).toBe(inSeconds(60 * 2 ** 5));
    expect(failing(LIMIT, { backOff: { ...backOff, reason: 'InstanceLimitReached' } }).until).toBe(
      inSeconds(3600),
    );
  });

  it('knows a refusal from a call without an answer', () => {
    const unanswered = new CallError('Unknown', 'TimeoutError', 'No answer.');

    expect(failing(unanswered).isRefusal).toBe(false);
    expect(failing(DENIED).isRefusal).toBe(true);
  });

  it('records for which generation of the NodeENI it was refused, where there is one', () => {
    expect(failing(DENIED, { generation: 4 }).nodeEniGeneration).toBe(4);
    expect(failing(DENIED, { generation: undefined })).not.toHaveProperty('nodeEniGeneration');
  });
});

describe('setbackFor, for a create call', () => {
  it.each(['NotFound', 'NotReady', 'Conflict'] as const)(
    'takes every answer that is no for a refusal of its parameters: %s',
    (failure) => {
      const setback = failing(new CallError(failure, 'Code', 'No.'), { action: CREATE });

      expect(setback).toMatchObject({ isRefusal: true });
      expect(setback).not.toHaveProperty('isPassing');
    },
  );

  it('waits for its budget with the parameters that it has', () => {
    expect(
      failing(new CallError('Throttled', 'Code', 'Later.'), { action: CREATE, isFirstTry: true }),
    ).toMatchObject({ isPassing: true });
  });

  it.each([
    { name: 'a refusal of the first try', error: DENIED, isFirstTry: true, isVoid: true },
    { name: 'a refusal of a later one', error: DENIED, isFirstTry: false, isVoid: undefined },
    {
      name: 'a refusal after an attempt without an answer',
      error: new CallError('Denied', 'Code', 'No.', { attempts: 2 }),
      isFirstTry: true,
      isVoid: undefined,
    },
    {
      name: 'no answer',
      error: new CallError('Unknown', 'TimeoutError', 'No answer.'),
      isFirstTry: true,
      isVoid: undefined,
    },
    {
      name: 'a token that is known',
      error: new CallError('Mismatch', 'IdempotentParameterMismatch', 'No.'),
      isFirstTry: true,
      isVoid: undefined,
    },
  ])('says of $name whether anything can come of it', ({ error, isFirstTry, isVoid }) => {
    expect(failing(error, { action: CREATE, isFirstTry }).isVoid).toBe(isVoid);
    expect(failing(error, { isFirstTry }).isVoid).toBeUndefined();
  });
});

describe('setbackFor, for a reference that EC2 no longer knows', () => {
  it.each([
    { code: 'InvalidGroup.NotFound', reason: 'SecurityGroupNotFound' },
    { code: 'InvalidSecurityGroupID.NotFound', reason: 'SecurityGroupNotFound' },
    { code: 'InvalidSubnetID.NotFound', reason: 'SubnetNotFound' },
  ])('doubts the look-up after $code', ({ code, reason }) => {
    const setback = failing(new CallError('NotFound', code, 'No.'), { action: GROUPS });

    expect(setback).toMatchObject({ reason, isRefusal: true, until: inSeconds(15) });
    expect(doubtsReferences(setback)).toBe(true);
  });

  it('doubts no look-up after any other answer', () => {
    expect(doubtsReferences(failing(DENIED))).toBe(false);
    expect(doubtsReferences(failing(new CallError('NotFound', 'Code', 'No.')))).toBe(false);
  });

  it('waits longer each time', () => {
    const backOff = aBackOff({ reason: 'SecurityGroupNotFound', failures: 2 });

    expect(failing(NO_GROUP, { action: CREATE, backOff }).until).toBe(inSeconds(60));
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
