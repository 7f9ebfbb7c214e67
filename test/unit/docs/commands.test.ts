import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { OPTION_NAMES } from '#node-agent/option-schema.ts';
import { documents } from './files.ts';

/** Every command that the program has, by its name. */
const COMMANDS: ReadonlyMap<string, Command> = new Map(
  createProgram(() => undefined).commands.map((command) => [command.name(), command]),
);

/** A call of the command line, with what is written after it up to the end of the command. */
const CALL = /(?:^|`|npx |bin\/)nodeeni ([a-z]+)(?![\w-])((?:\\\n|[^\n`|#;>])*)/gm;

const callsIn = (text: string) =>
  [...text.matchAll(CALL)].map(([, name = '', rest = '']) => ({
    name,
    options: rest.split(/[\s\\]+/).filter((word) => word.startsWith('--')),
  }));

/** Prose says "nodeeni takes …": only words in code are commands. */
const codeOf = (markdown: string): string =>
  [...markdown.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([code]) => code).join('\n');

const calls = documents().flatMap((file) =>
  callsIn(codeOf(readFileSync(file, 'utf8'))).map((call) => ({ file, ...call })),
);

const knows = (command: Command, option: string): boolean =>
  option === '--help' || command.options.some(({ long }) => long === option);

describe('the commands of the documentation', () => {
  it('are commands of nodeeni', () => {
    const unknown = calls.filter(({ name }) => !COMMANDS.has(name));

    expect(calls.length).toBeGreaterThan(30);
    expect(unknown).toEqual([]);
  });

  it('take every option that is written after them', () => {
    const unknown = calls.flatMap(({ file, name, options }) => {
      const command = COMMANDS.get(name);
      return options
        .filter((option) => command !== undefined && !knows(command, option))
        .map((option) => `${file}: nodeeni ${name} ${option}`);
    });

    expect(calls.flatMap(({ options }) => options).length).toBeGreaterThan(30);
    expect(unknown).toEqual([]);
  });

  it('set the agent by variables that it reads', () => {
    const known = OPTION_NAMES.map((name) => `NODEENI_${name.toUpperCase().replaceAll('-', '_')}`);
    const OTHERS = [
      'NODEENI_OPTIONS',
      'NODEENI_WEBHOOK_URL',
      'NODEENI_EVENTS_TOKEN',
      'NODEENI_NODE',
      'NODEENI_',
    ];

    const named = documents().flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/NODEENI_[A-Z_]*/g),
    ]);
    const unknown = named
      .map(([name]) => name)
      .filter((name) => ![...known, ...OTHERS].includes(name));

    expect(unknown).toEqual([]);
  });
});
