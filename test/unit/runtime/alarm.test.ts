import { expect, it } from 'vitest';
import type { Clock } from '#core/ports/clock.ts';
import { createAlarm } from '#runtime/alarm.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

const setUp = () => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00.000Z'));
  const startMs = clock.now().getTime();
  const calls: number[] = [];
  const sleeps: number[] = [];
  const watched: Clock = {
    now: () => clock.now(),
    sleep: (milliseconds) => {
      sleeps.push(milliseconds);
      return clock.sleep(milliseconds);
    },
  };
  const alarm = createAlarm(watched, () => calls.push(clock.now().getTime() - startMs));
  return {
    clock,
    calls,
    sleeps,
    setIn: (milliseconds: number) => alarm.set(startMs + milliseconds),
  };
};

it('calls at the nearest time and starts no second sleep for a later one', async () => {
  const { clock, calls, sleeps, setIn } = setUp();

  for (const milliseconds of [5_000, 3_000, 4_000, 3_000]) setIn(milliseconds);

  expect(sleeps).toEqual([5_000, 3_000]);
  await clock.advanceBy(60_000);
  expect(calls).toEqual([3_000, 5_000]);
});

it('sleeps no longer than a long poll, so that a stale sleep ends soon', async () => {
  const { clock, calls, setIn } = setUp();

  setIn(3_600_000);

  await clock.advanceBy(3_600_000);
  expect(calls).toEqual([20_000]);
});
