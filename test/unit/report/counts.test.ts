import { describe, expect, it } from 'vitest';
import { countRun, lastLineOf, type RanModule, readLastLine } from '#test/report/counts.ts';

const ran = (states: readonly string[], isOk = !states.includes('failed')): RanModule => ({
  children: { allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
  ok: () => isOk,
});

describe('countRun', () => {
  it('adds up the tests of all files', () => {
    const counts = countRun([ran(['passed', 'failed']), ran(['passed', 'skipped', 'pending'])], 0);

    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file whose set-up failed, though it has no failed test', () => {
    expect(countRun([ran(['skipped'], false), ran([], false)], 0)).toMatchObject({ failed: 2 });
  });

  it('counts errors that belong to no test', () => {
    expect(countRun([ran(['passed'])], 3)).toMatchObject({ passed: 1, failed: 3 });
  });
});

describe('readLastLine', () => {
  it('reads what lastLineOf wrote, and the last of several', () => {
    const output = `${lastLineOf({ passed: 1, failed: 2 })}\nmore\n${lastLineOf({ passed: 30, failed: 4 })}\n`;

    expect(readLastLine(output)).toEqual({ passed: 30, failed: 4 });
  });

  it('knows nothing of an output without such a line', () => {
    expect(readLastLine('Tests  3 passed (3)\n3 passed, 0 failed, says someone')).toBeUndefined();
  });
});
