import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HostState } from '../../../../node-agent/agent/parse-state.ts';
import { createWorkLoop } from '../../../../node-agent/agent/work-loop.ts';
import { hostState, SLOT, slotSpec } from '../builders.ts';

const STATE = hostState({ [SLOT]: slotSpec() });

const start = (look: (state: HostState) => Promise<number | undefined>) => {
  vi.useFakeTimers();
  const ending = new AbortController();
  const looks: HostState[] = [];
  const errors: unknown[] = [];
  const loop = createWorkLoop({
    resyncSeconds: 60,
    signal: ending.signal,
    onError: (error) => errors.push(error),
    look: (state) => {
      looks.push(state);
      return look(state);
    },
  });
  const done = loop.run();
  onTestFinished(async () => {
    ending.abort();
    await done;
    vi.useRealTimers();
  });
  const elapse = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
  return { loop, looks, errors, elapse, ending, done };
};

describe('createWorkLoop', () => {
  it('does nothing before there is an object, and nothing when it is gone', async () => {
    const { loop, looks, elapse } = start(async () => undefined);
    loop.wake();
    await elapse(200);
    loop.take(STATE);
    await elapse(0);
    loop.take(undefined);

    await elapse(200);

    expect(looks).toEqual([STATE]);
  });

  it('looks at once when something happens, and from time to time when nothing does', async () => {
    const { loop, looks, elapse } = start(async () => undefined);
    loop.take(STATE);
    await elapse(1);
    loop.wake();
    await elapse(0);
    const atOnce = looks.length;

    await elapse(60);

    expect([atOnce, looks.length]).toEqual([2, 3]);
  });

  it('looks again when the look asked for it', async () => {
    const { loop, looks, elapse } = start(async () => 0.02);
    loop.take(STATE);
    await elapse(0);

    await elapse(0.02);

    expect(looks).toHaveLength(2);
  });

  it('makes one look of everything that happens during a look', async () => {
    let finish = (): void => undefined;
    const { loop, looks, elapse } = start(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(undefined);
        }),
    );
    loop.take(STATE);
    await elapse(0);
    for (let storm = 0; storm < 60; storm += 1) loop.wake();
    finish();
    await elapse(0.2);
    finish();

    await elapse(1);

    expect(looks).toHaveLength(2);
  });

  it('looks a few times a second, however often pods come and go', async () => {
    const { loop, looks, elapse } = start(async () => undefined);
    loop.take(STATE);

    for (let event = 0; event < 100; event += 1) {
      loop.wake();
      await elapse(0.05);
    }

    expect(looks.length).toBeGreaterThan(15);
    expect(looks.length).toBeLessThanOrEqual(27);
  });

  it('looks at once at a new object, also right after a look', async () => {
    const { loop, looks, elapse } = start(async () => undefined);
    loop.take(STATE);
    await elapse(0);

    loop.take(STATE);
    await elapse(0);

    expect(looks).toHaveLength(2);
  });

  it('goes on after a look that failed', async () => {
    let isBroken = true;
    const { loop, looks, errors, elapse } = start(async () => {
      if (isBroken) throw new Error('ip: not found');
      return undefined;
    });
    loop.take(STATE);
    await elapse(0);
    isBroken = false;

    await elapse(5);

    expect(errors).toHaveLength(1);
    expect(looks).toHaveLength(2);
  });

  it('ends at the signal, elapse the look that has begun', async () => {
    const { loop, looks, elapse, ending, done } = start(async () => undefined);
    loop.take(STATE);
    await elapse(0);

    ending.abort();

    await expect(done).resolves.toBeUndefined();
    expect(looks).toHaveLength(1);
  });
});
