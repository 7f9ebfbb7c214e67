import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HostState } from '#node-agent/agent/parse-state.ts';
import { createWorkLoop, type Turn } from '#node-agent/agent/work-loop.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';

const STATE = hostState({ [SLOT]: slotSpec() });

const IDLE: Turn = { didSomething: false };

const start = (reconcile: (state: HostState) => Promise<Turn>) => {
  vi.useFakeTimers();
  const ending = new AbortController();
  const reconciles: HostState[] = [];
  const errors: unknown[] = [];
  const loop = createWorkLoop({
    resyncSeconds: 60,
    signal: ending.signal,
    onError: (error) => errors.push(error),
    reconcile: (state) => {
      reconciles.push(state);
      return reconcile(state);
    },
  });
  const done = loop.run();
  onTestFinished(async () => {
    ending.abort();
    await done;
    vi.useRealTimers();
  });
  const elapse = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
  return { loop, reconciles, errors, elapse, ending, done };
};

describe('createWorkLoop', () => {
  it('does nothing before there is an object, and nothing when it is gone', async () => {
    const { loop, reconciles, elapse } = start(async () => IDLE);
    loop.wake();
    await elapse(200);
    loop.take(STATE);
    await elapse(0);
    loop.take(undefined);

    await elapse(200);

    expect(reconciles).toEqual([STATE]);
  });

  it('reconciles at once when something happens, and from time to time when nothing does', async () => {
    const { loop, reconciles, elapse } = start(async () => IDLE);
    loop.take(STATE);
    await elapse(1);
    loop.wake();
    await elapse(0);
    const atOnce = reconciles.length;

    await elapse(60);

    expect([atOnce, reconciles.length]).toEqual([2, 3]);
  });

  it('reconciles again when the reconcile asked for it', async () => {
    const { loop, reconciles, elapse } = start(async () => ({
      ...IDLE,
      requeueAfterSeconds: 0.02,
    }));
    loop.take(STATE);
    await elapse(0);

    await elapse(0.02);

    expect(reconciles).toHaveLength(2);
  });

  it('makes one reconcile of everything that happens during one', async () => {
    let finish = (): void => undefined;
    const { loop, reconciles, elapse } = start(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(IDLE);
        }),
    );
    loop.take(STATE);
    await elapse(0);
    for (let storm = 0; storm < 60; storm += 1) loop.wake();
    finish();
    await elapse(0.2);
    finish();

    await elapse(1);

    expect(reconciles).toHaveLength(2);
  });

  it('reconciles once a second while pods come and go and nothing is to be done', async () => {
    const { loop, reconciles, elapse } = start(async () => IDLE);
    loop.take(STATE);

    for (let event = 0; event < 300; event += 1) {
      loop.wake();
      await elapse(0.05);
    }

    expect(reconciles.length).toBeGreaterThan(14);
    expect(reconciles.length).toBeLessThanOrEqual(20);
  });

  it('reconciles at once again when the pods were quiet for a while', async () => {
    const { loop, reconciles, elapse } = start(async () => IDLE);
    loop.take(STATE);
    for (let event = 0; event < 100; event += 1) {
      loop.wake();
      await elapse(0.05);
    }
    await elapse(2);
    const before = reconciles.length;

    for (const seconds of [0, 0.2, 0.2]) {
      loop.wake();
      await elapse(seconds);
    }

    expect(reconciles.length - before).toBe(2);
  });

  it('reconciles some times a second while there is something to do', async () => {
    const { loop, reconciles, elapse } = start(async () => ({ didSomething: true }));
    loop.take(STATE);

    for (let event = 0; event < 100; event += 1) {
      loop.wake();
      await elapse(0.05);
    }

    expect(reconciles.length).toBeGreaterThan(15);
    expect(reconciles.length).toBeLessThanOrEqual(27);
  });

  it('reconciles a new object at once, also right after a reconcile', async () => {
    const { loop, reconciles, elapse } = start(async () => IDLE);
    loop.take(STATE);
    await elapse(0);

    loop.take(STATE);
    await elapse(0);

    expect(reconciles).toHaveLength(2);
  });

  it('goes on after a reconcile that failed', async () => {
    let isBroken = true;
    const { loop, reconciles, errors, elapse } = start(async () => {
      if (isBroken) throw new Error('ip: not found');
      return IDLE;
    });
    loop.take(STATE);
    await elapse(0);
    isBroken = false;

    await elapse(5);

    expect(errors).toHaveLength(1);
    expect(reconciles).toHaveLength(2);
  });

  it('ends at the signal, after the reconcile that has begun', async () => {
    const { loop, reconciles, elapse, ending, done } = start(async () => IDLE);
    loop.take(STATE);
    await elapse(0);

    ending.abort();

    await expect(done).resolves.toBeUndefined();
    expect(reconciles).toHaveLength(1);
  });
});
