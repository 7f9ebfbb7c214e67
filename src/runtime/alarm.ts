import type { Clock } from '#core/ports/clock.ts';

/** A sleep cannot be taken back, so none is longer than an SQS long poll: a stale one ends soon. */
const LONGEST_SLEEP_MS = 20_000;

/** Calls back at a time. */
export interface Alarm {
  /** Asks for a call at this time or earlier: `onTime` looks what there is to do and asks again. */
  set(atMs: number): void;
}

/** At most one sleep runs for the nearest time; further ones only for still nearer times. */
export const createAlarm = (clock: Clock, onTime: () => void): Alarm => {
  const pending = new Set<number>();

  const sleepUntil = async (wakeAtMs: number, nowMs: number): Promise<void> => {
    pending.add(wakeAtMs);
    await clock.sleep(wakeAtMs - nowMs);
    pending.delete(wakeAtMs);
    onTime();
  };

  return {
    set: (atMs) => {
      const nowMs = clock.now().getTime();
      const wakeAtMs = Math.min(Math.max(atMs, nowMs), nowMs + LONGEST_SLEEP_MS);
      if ([...pending].some((otherMs) => otherMs <= wakeAtMs)) return;
      void sleepUntil(wakeAtMs, nowMs);
    },
  };
};
