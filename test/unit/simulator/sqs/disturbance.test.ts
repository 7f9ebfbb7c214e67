import { describe, expect, it } from 'vitest';
import { createDisturbance } from '#simulator/sqs/disturbance.ts';

/** Gives these numbers one after the other. */
const sequence = (...numbers: readonly number[]) => {
  const rest = [...numbers];
  return () => rest.shift() ?? 0.999;
};

describe('createDisturbance', () => {
  it('leaves every message alone without rates', () => {
    expect(createDisturbance(sequence(0, 0, 0), {})()).toEqual([0]);
  });

  it('drops a message', () => {
    expect(createDisturbance(sequence(0.09), { drop: 0.1 })()).toEqual([]);
  });

  it('delays a message by a part of the longest delay', () => {
    const disturbance = createDisturbance(sequence(0.5, 0.2, 0.25), {
      delay: 0.3,
      maximumDelayMs: 8_000,
    });

    expect(disturbance()).toEqual([2_000]);
  });

  it('delivers a message twice', () => {
    const disturbance = createDisturbance(sequence(0.5, 0.5, 0.1, 0.5), { duplicate: 0.2 });

    expect(disturbance()).toEqual([0, 30_000]);
  });
});
