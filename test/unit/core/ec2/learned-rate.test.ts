import { describe, expect, it } from 'vitest';
import { createLearnedRate } from '#core/ec2/learned-rate.ts';

const PUBLISHED = { size: 50, refillPerSecond: 5 };

const setUp = (floor = 2.5) => {
  const rate = createLearnedRate({ floor, published: PUBLISHED });
  /** So many seconds in which calls wait, and go out as fast as they may, or at this pace. */
  const wait = (seconds: number, callsASecond?: number): void => {
    for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
      rate.pass(0.1, true);
      const calls = (callsASecond ?? rate.perSecond) / 10;
      owed += calls;
      for (; owed >= 1; owed -= 1) rate.noteCall();
    }
  };
  let owed = 0;
  return { rate, wait };
};

describe('The rate of an action', () => {
  it('begins at the floor, and stays there while nobody waits', () => {
    const { rate } = setUp();

    rate.pass(3600, false);

    expect(rate.perSecond).toBe(2.5);
  });

  it('reaches the published refill within a second in which calls wait', () => {
    const { rate, wait } = setUp();

    wait(1);

    expect(rate.perSecond).toBeCloseTo(5);
  });

  it('grows slowly where the next call may be the first that is refused', () => {
    const { rate, wait } = setUp();
    wait(1);

    wait(5);

    expect(rate.perSecond).toBeGreaterThan(5);
    expect(rate.perSecond).toBeLessThan(8);
  });

  it('doubles every two seconds once more was served than the published bucket holds', () => {
    const { rate, wait } = setUp();
    wait(1);
    wait(10, 15);
    const before = rate.perSecond;

    wait(2);

    expect(rate.perSecond / before).toBeCloseTo(2, 1);
  });

  it('is a little less than what EC2 was seen to serve, after a refusal', () => {
    const { rate, wait } = setUp(0.5);
    wait(20, 6.5);
    rate.noteRefusal();

    wait(10, 3);
    rate.noteRefusal();

    expect(rate.perSecond).toBeCloseTo(0.95 * 3, 1);
  });

  it('counts what is missing from the bucket at the first refusal as used by others', () => {
    const { rate, wait } = setUp();
    // 20 s: the bucket and its refill hold 150, of which others took a call a second.
    wait(20, 6.5);

    rate.noteRefusal();

    expect(rate.perSecond).toBeCloseTo(0.95 * 4, 1);
  });

  it('is cut more where a refusal follows too soon to say why', () => {
    const { rate, wait } = setUp(0.5);
    wait(20, 6.5);
    rate.noteRefusal();
    const first = rate.perSecond;

    wait(2);
    rate.noteRefusal();

    expect(rate.perSecond / first).toBeCloseTo(0.7, 1);
  });

  it('takes refusals of one moment for one', () => {
    const { rate, wait } = setUp(0.5);
    wait(20, 6.5);
    rate.noteRefusal();
    const first = rate.perSecond;

    for (let count = 0; count < 10; count += 1) rate.noteRefusal();

    expect(rate.perSecond).toBe(first);
  });

  it('is back after some time at what was refused, and grows faster from there', () => {
    const { rate, wait } = setUp();
    wait(20, 6.5);
    rate.noteRefusal();
    const after = rate.perSecond;

    wait(45);
    const back = rate.perSecond;
    wait(90);

    expect(back).toBeCloseTo(after / 0.95, 1);
    expect(rate.perSecond).toBeGreaterThan(1.3 * back);
  });

  it('never falls below the floor', () => {
    const { rate, wait } = setUp();

    for (let count = 0; count < 20; count += 1) {
      wait(2);
      rate.noteRefusal();
    }

    expect(rate.perSecond).toBe(2.5);
  });

  it('has a burst again when the bucket has filled', () => {
    const { rate } = setUp();
    rate.noteRefusal();
    const before = rate.hasBurst;

    rate.pass(60, false);

    expect([before, rate.hasBurst]).toEqual([false, true]);
  });
});
