import { describe, expect, it } from 'vitest';
import {
  CallError,
  FAILURE_RULES,
  type FailureClass,
  failureOf,
  ignoreNotFound,
} from '#core/errors.ts';

const classes = Object.keys(FAILURE_RULES) as FailureClass[];

describe('the rules of failures', () => {
  it('name each class by a reason of its own that a condition can carry', () => {
    const reasons = classes.map((failure) => FAILURE_RULES[failure].reason);

    // "Reason ... should be a CamelCase string" with this pattern (Kubernetes API, Condition v1 meta).
    for (const reason of reasons)
      expect(reason).toMatch(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/);
    expect(new Set(reasons).size).toBe(classes.length);
  });

  it('try again in 15 seconds what passes by itself, and in five minutes what a person must change', () => {
    const seconds = Object.fromEntries(
      classes.map((failure) => [failure, FAILURE_RULES[failure].retryAfterSeconds]),
    );

    expect(seconds).toEqual({
      Throttled: 15,
      NotFound: 15,
      AlreadyDone: 15,
      NotReady: 15,
      Conflict: 15,
      Mismatch: 60,
      Refused: 60,
      Unknown: 15,
      Capacity: 300,
      Denied: 300,
      Invalid: 300,
    });
  });

  it('wait longer each time for what no reconcile of ours will change', () => {
    const escalating = classes.filter((failure) => FAILURE_RULES[failure].isEscalating);

    expect(escalating.toSorted()).toEqual([
      'Capacity',
      'Denied',
      'Invalid',
      'Mismatch',
      'Refused',
      'Unknown',
    ]);
  });
});

describe('CallError', () => {
  it.each(classes)('waits as long as the rule of %s says', (failure) => {
    const error = new CallError(failure, 'Code', 'a sentence');

    expect(error.retryAfterSeconds).toBe(FAILURE_RULES[failure].retryAfterSeconds);
    expect(error).toMatchObject({
      name: 'CallError',
      failure,
      code: 'Code',
      message: 'a sentence',
    });
  });

  it.each([0, 40])('waits %i seconds when its refuser says so', (retryAfterSeconds) => {
    const error = new CallError('Throttled', 'Code', 'a sentence', { retryAfterSeconds });

    expect(error.retryAfterSeconds).toBe(retryAfterSeconds);
  });

  it('keeps what it was made from', () => {
    const cause = new Error('below');

    expect(new CallError('Denied', 'Code', 'a sentence', { cause }).cause).toBe(cause);
  });
});

describe('failureOf', () => {
  it.each([
    { thrown: new CallError('Denied', 'Code', 'a sentence'), failure: 'Denied' },
    { thrown: new Error('NotFound'), failure: 'Unknown' },
    { thrown: { failure: 'NotFound' }, failure: 'Unknown' },
    { thrown: undefined, failure: 'Unknown' },
  ])('takes $thrown for $failure', ({ thrown, failure }) => {
    expect(failureOf(thrown)).toBe(failure);
  });
});

describe('ignoreNotFound', () => {
  it('passes an answer on', async () => {
    expect(await ignoreNotFound(Promise.resolve('answer'))).toBe('answer');
  });

  it('takes what is gone for done', async () => {
    const gone = new CallError('NotFound', 'Code', 'gone');

    expect(await ignoreNotFound(Promise.reject(gone))).toBeUndefined();
  });

  it.each(classes.filter((failure) => failure !== 'NotFound'))('throws %s on', async (failure) => {
    const error = new CallError(failure, 'Code', 'a sentence');

    await expect(ignoreNotFound(Promise.reject(error))).rejects.toBe(error);
  });
});
