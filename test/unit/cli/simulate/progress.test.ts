import { describe, expect, it } from 'vitest';
import { createProgress } from '#cli/simulate/progress.ts';

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
    tell({ seconds: step * 10, ready: step }, 6);
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
    expect(play(false, 5000)).toBe(
      [2, 4, 6].map((n) => `${n} of 6 interfaces ready after ${n}0 virtual seconds\n`).join(''),
    );
  });

  it('is one line on a terminal, and is taken back', () => {
    const text = play(true, 1000);

    expect(text).not.toContain('\n');
    expect(text).toContain('6 of 6 interfaces ready after 60 virtual seconds');
    expect(text.endsWith('\r\u001B[K')).toBe(true);
  });
});
