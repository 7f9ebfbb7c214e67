import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { drawChart } from '#cli/simulate/chart.ts';
import { launchOf } from './builders.ts';

const plain = drawChart(launchOf(), { isTerminal: false });

describe('The chart', () => {
  it('is plain text when it is not for a terminal', () => {
    expect(plain).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it('climbs from the first interface to the last', () => {
    const rows = plain.split('\n').slice(1, 13);

    expect(rows[0]).toMatch(/^100 \| .*\.#$/);
    expect(rows.map((row) => row.indexOf('#'))).toEqual(
      rows.map((row) => row.indexOf('#')).toSorted((left, right) => right - left),
    );
    expect(rows.at(-1)).toMatch(/#{40,}$/);
  });

  it('says how long it took, and longer when the bound is', () => {
    expect(plain.split('\n').at(-1)).toMatch(/ 0 +40 s$/);
    expect(drawChart(launchOf({ leastSeconds: 90 }), { isTerminal: false })).toMatch(/ 90 s$/);
  });

  it('shows the most that the budget allows where fewer are ready', () => {
    expect(plain.split('\n')[7]).toMatch(/^ 50 \|[ .]*\.[ .]*#+$/);
  });

  it('has colours and finer steps on a terminal, in the same places', () => {
    const coloured = drawChart(launchOf(), { isTerminal: true });

    const widths = (text: string) =>
      text.split('\n').map((line) => stripVTControlCharacters(line).trimEnd().length);
    expect(coloured).toContain('\u001B[32m');
    expect(coloured).toContain('█');
    expect(widths(coloured)).toEqual(widths(plain));
  });
});
