import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress, withProgress } from '#cli/progress.ts';

const CLEAR_LINE = '\r\u001B[K';

/** Tells how far it is each `stepMs` of real time, six times. */
const play = (isTerminal: boolean, stepMs: number): string => {
  let text = '';
  let nowMs = 0;
  const write = (part: string): void => {
    text += part;
  };
  const { tell, end } = createProgress({ write, isTerminal, now: () => nowMs });
  for (let step = 1; step <= 6; step += 1) {
    nowMs += stepMs;
    tell(`${step} of 6`);
  }
  end();
  return text;
};

describe('Progress', () => {
  it('says nothing of a run that is over soon', () => {
    expect(play(true, 10)).toBe('');
    expect(play(false, 1000)).toBe('');
  });

  it('is a line now and then when it is not on a terminal', () => {
    expect(play(false, 5000)).toBe([2, 4, 6].map((n) => `${n} of 6\n`).join(''));
  });

  it('is one line on a terminal, and is taken back', () => {
    const text = play(true, 1000);

    expect(text).not.toContain('\n');
    expect(text).toContain('6 of 6');
    expect(text.endsWith(CLEAR_LINE)).toBe(true);
  });
});

describe('Something that takes long', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Two parts of so many seconds each. */
  const playParts = async (isTerminal: boolean, seconds: number) => {
    const told: string[] = [];
    const pause = () =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, seconds * 1000);
      });
    const screen = { write: (text: string) => told.push(text), isTerminal, now: () => Date.now() };
    const work = withProgress(async (at) => {
      at('reading');
      await pause();
      at('planning 3 instances');
      await pause();
      return 'done';
    }, screen);
    await vi.advanceTimersByTimeAsync(2 * seconds * 1000);
    return { told, result: await work };
  };

  it('tells each second on a terminal what it is at, and takes it back', async () => {
    const { told, result } = await playParts(true, 2.5);

    expect(result).toBe('done');
    expect(told).toEqual([
      `${CLEAR_LINE}reading (1 s)`,
      `${CLEAR_LINE}reading (2 s)`,
      `${CLEAR_LINE}planning 3 instances (3 s)`,
      `${CLEAR_LINE}planning 3 instances (4 s)`,
      CLEAR_LINE,
    ]);
  });

  it('is a line each ten seconds elsewhere, and none of what is over before', async () => {
    expect((await playParts(false, 11)).told).toEqual([
      'reading (10 s)\n',
      'planning 3 instances (20 s)\n',
    ]);
    expect((await playParts(false, 4)).told).toEqual([]);
  });

  it('tells nothing more of what has failed', async () => {
    const told: string[] = [];
    const screen = {
      write: (text: string) => told.push(text),
      isTerminal: true,
      now: () => Date.now(),
    };

    const work = withProgress(() => Promise.reject(new Error('refused')), screen);

    await expect(work).rejects.toThrow('refused');
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual([]);
  });
});
