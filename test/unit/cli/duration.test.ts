import { describe, expect, it } from 'vitest';
import { parseDurationSeconds } from '#cli/duration.ts';

describe('A duration', () => {
  it.each([
    ['30s', 30],
    ['5m', 300],
    ['1h', 3600],
  ])('of %s is %i seconds', (text, seconds) => {
    expect(parseDurationSeconds(text)).toBe(seconds);
  });

  it.each(['', '5', 'm', '0s', '-5m', '1.5h', '5 m', '5m30s', '5d'])('is not "%s"', (text) => {
    expect(() => parseDurationSeconds(text)).toThrow('Write a number and a unit');
  });
});
