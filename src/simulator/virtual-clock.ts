import type { Clock } from '#core/ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** Lets every promise that can go on go on: immediates run after all of them. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1)
    await new Promise<void>((resolve) => setImmediate(resolve));
};

/** Time that passes only when it is told to, so that an hour takes as long as what happens in it. */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** Sorted by time, the next one last. */
  readonly #timers: Timer[] = [];

  constructor(start: Date = new Date('2026-11-21T12:00:00.000Z')) {
    this.#nowMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((fire) => {
      this.#insert({ at: this.#nowMs + Math.max(0, milliseconds), fire });
    });
  }

  /** Sleeps that are not over. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Passes so much time, firing what falls into it in order. */
  async advanceBy(milliseconds: number): Promise<void> {
    await this.runUntil(new Date(this.#nowMs + milliseconds));
  }

  /** Passes time until then. */
  async runUntil(end: Date): Promise<void> {
    await settle();
    for (let next = this.#takeNext(end.getTime()); next; next = this.#takeNext(end.getTime())) {
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.fire();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, end.getTime());
  }

  /** Passes time until `isDone`, looked at after each timer. False when the limit came first. */
  async runUntilTrue(isDone: () => boolean, limitMilliseconds: number): Promise<boolean> {
    const end = this.#nowMs + limitMilliseconds;
    await settle();
    while (!isDone()) {
      const next = this.#takeNext(end);
      if (next === undefined) {
        this.#nowMs = end;
        return isDone();
      }
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.fire();
      await settle();
    }
    return true;
  }

  /** Passes time until nobody sleeps any more. False when the limit came first. */
  async runUntilIdle(limitMilliseconds: number): Promise<boolean> {
    return this.runUntilTrue(() => this.#timers.length === 0, limitMilliseconds);
  }

  #insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && other.at > timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  #takeNext(limit: number): Timer | undefined {
    const next = this.#timers.at(-1);
    if (next === undefined || next.at > limit) return undefined;
    return this.#timers.pop();
  }
}
