import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { fitted, fold } from '#cli/fit.ts';
import { createProgram } from '#cli/program.ts';

const LONG = `  lan-a: blocked (AccessDenied: ${'You are not authorized to do this. '.repeat(6)})`;

describe('fold', () => {
  it.each([40, 60, 80])('breaks between words, at %i columns, and loses none', (columns) => {
    const lines = fold(LONG, columns).split('\n');

    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(lines.join(' ').split(/ +/)).toEqual(LONG.split(/ +/));
    expect(lines.slice(1).every((line) => line.startsWith('    '))).toBe(true);
  });

  it('leaves lines that fit as they are, and long words whole', () => {
    const url = `https://example.com/${'x'.repeat(90)}`;

    expect(fold('one   two\n\nthree', 80)).toBe('one   two\n\nthree');
    expect(fold(`see ${url} soon`, 60)).toBe(`see\n  ${url}\n  soon`);
  });
});

it('folds for a terminal only: programs read whole lines', () => {
  expect(fitted(LONG, { isTTY: true, columns: 60 })).toContain('\n');
  expect(fitted(LONG, { isTTY: true })).toBe(fold(LONG, 80));
  expect(fitted(LONG, {})).toBe(LONG);
});

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return text;
};

const program = createProgram(() => undefined);

it.each([program, ...program.commands].map((command) => [command.name(), command] as const))(
  'help of %s fits 80 columns',
  (_, command) => {
    const wide = helpOf(command)
      .split('\n')
      // A word that is longer is a default that nobody can break.
      .filter((line) => line.length > 80 && line.trim().includes(' '));

    expect(wide).toEqual([]);
  },
);
