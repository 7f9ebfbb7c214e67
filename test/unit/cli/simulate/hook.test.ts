import { describe, expect, it } from 'vitest';
import { hookNeedOf } from '#cli/simulate/hook.ts';

const needFor = (longestSilenceSeconds: number, inServiceSeconds: number | undefined) =>
  hookNeedOf({ longestSilenceSeconds, inServiceSeconds });

describe('The launch hook', () => {
  it('gets twice what was seen, in whole minutes', () => {
    expect(needFor(47.2, 200)).toEqual({
      longestSilenceSeconds: 47.2,
      heartbeatTimeoutSeconds: 120,
      deadlineSeconds: 420,
      isPossible: true,
    });
  });

  it('gets a heartbeat timeout whose hundredfold is past the deadline', () => {
    expect(needFor(10, 30_000)).toMatchObject({
      heartbeatTimeoutSeconds: 600,
      deadlineSeconds: 60_000,
    });
  });

  it.each([
    [3601, 5000],
    [10, 86_401],
  ])('cannot wait for a silence of %d s and a launch of %d s', (silence, seconds) => {
    expect(needFor(silence, seconds)).toMatchObject({ isPossible: false });
  });

  it('is not told of when the launch did not end', () => {
    expect(needFor(10, undefined)).toBeUndefined();
  });
});
