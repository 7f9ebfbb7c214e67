import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '#cli/program.ts';
import {
  interfaceEventJsonSchema,
  interfaceEventSchema,
} from '#core/apis/v1alpha1/interface-event.ts';
import {
  EVENT_DETAIL_TYPE,
  EVENT_SOURCE,
  NO_MANAGE_TAG,
  PEER_TAGS,
  TAGS,
} from '#core/apis/v1alpha1/names.ts';
import { settingsPage } from '#node-agent/settings-page.ts';
import { settings, usage } from '#node-agent/usage.ts';
import { matchesPattern } from '#simulator/eventbridge/event-pattern.ts';
import { OPTIONS_SCHEMA } from '#stacks/options.ts';
import { policiesPage } from '#stacks/policies-page.ts';
import { sourcesIn } from './files.ts';
import { codeIn } from './markdown.ts';

const page = (name: string): string => readFileSync(`docs/reference/${name}`, 'utf8');

/** The cells of the tables of a page, or of a part of it, row by row. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| -/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const wordsIn = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, word = '']) => word);

describe('the generated pages', () => {
  it.each([
    ['agent-settings.md', settingsPage],
    ['iam.md', policiesPage],
    ['interface-event.schema.json', interfaceEventJsonSchema],
  ])('are what the sources say: %s', (name, make) => {
    expect(page(name)).toBe(make());
  });

  it('say of each setting of the agent what it is, as its --help does', () => {
    for (const { option, description } of settings()) {
      expect(description).not.toBe('');
      expect(usage()).toContain(`  ${option}\n      ${description}`);
    }
  });
});

describe('the page of events', () => {
  const [example] = codeIn(page('events.md'), ['json']).map((text) => JSON.parse(text));

  it('has an event that the schema takes, with our own marks', () => {
    expect(example).toMatchObject({ source: EVENT_SOURCE, 'detail-type': EVENT_DETAIL_TYPE });
    expect(interfaceEventSchema.strict().safeParse(example.detail).error).toBeUndefined();
  });

  it('has a rule that matches it, and no other type', () => {
    const [, pattern = ''] = /--event-pattern '([^']+)'/.exec(page('events.md')) ?? [];
    const other = { ...example, detail: { ...example.detail, type: 'Ready' } };

    expect(matchesPattern(JSON.parse(pattern), example)).toBe(true);
    expect(matchesPattern(JSON.parse(pattern), other)).toBe(false);
  });
});

describe('the page of metrics', () => {
  const [functions = '', local = '', agent = ''] = page('metrics.md').split(/^## /m).slice(1);
  const sources = (folders: readonly string[]): string =>
    folders
      .flatMap(sourcesIn)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
  const namesIn = (text: string, pattern: RegExp): string[] => [
    ...new Set([...text.matchAll(pattern)].flatMap(([, name = '']) => name)),
  ];
  const prometheusName = (name: string): string =>
    `nodeeni${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;

  it('names every count of the functions, and no other, with its name in Prometheus', () => {
    const counted = namesIn(sources(['src', 'functions']), /\.count\('([A-Z]\w+)'/g);

    const rows = rowsOf(functions).slice(1);

    expect(counted.length).toBeGreaterThan(15);
    expect(rows.map(([name]) => wordsIn(name)[0])).toEqual(counted.toSorted());
    for (const [name, shown] of rows)
      if (shown !== '–') expect(wordsIn(shown)[0]).toBe(prometheusName(wordsIn(name)[0] ?? ''));
  });

  it.each([
    ['nodeeni local', local, ['src/cli/local'], /'(nodeeni_[a-z_]+)'/g],
    ['the agent', agent, ['node-agent'], /name: '([a-z_]+)'/g],
  ])('names every one of %s, and no other', (_, part, folders, pattern) => {
    const made = namesIn(sources(folders), pattern).filter((name) =>
      /^(nodeeni|process)_/.test(name),
    );

    const named = rowsOf(part)
      .slice(1)
      .map(([name]) => wordsIn(name)[0]);

    expect(made.length).toBeGreaterThan(0);
    expect(named.toSorted()).toEqual(made.toSorted());
  });
});

describe('the page of the rights of commands', () => {
  const text = page('iam-of-commands.md');
  const rights = new Map(
    rowsOf(text)
      .slice(1)
      .map(([command, ec2, autoScaling]) => [
        wordsIn(command)[0] ?? '',
        [
          ...wordsIn(ec2).map((action) => `ec2:${action}`),
          ...wordsIn(autoScaling).map((action) => `autoscaling:${action}`),
        ],
      ]),
  );

  it('names every command', () => {
    const named = [...rights.keys(), ...wordsIn(/^.*call nothing\.$/m.exec(text)?.[0])];
    const commands = createProgram(() => undefined).commands.map((command) => command.name());

    expect(named.toSorted()).toEqual(
      commands.filter((name) => !['local', 'complete'].includes(name)).toSorted(),
    );
  });

  it('gives who only looks what these commands need, and nothing that changes', () => {
    const [policy] = codeIn(text, ['json']).map((code) => JSON.parse(code));
    const needed = ['plan', 'explain', 'doctor'].flatMap((name) => rights.get(name) ?? []);

    expect(policy.Statement[0].Action.toSorted()).toEqual([...new Set(needed)].toSorted());
    expect(policy.Statement[0].Action.every((action: string) => /:Describe/.test(action))).toBe(
      true,
    );
  });
});

describe('the page of old and new names', () => {
  const text = page('from-the-go-controller.md');
  const part = (title: string): string =>
    text.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? '';

  it('names options that there are', () => {
    const { properties = {} } = z.toJSONSchema(OPTIONS_SCHEMA, { io: 'input' });
    const isThere = (path: string): boolean => {
      let at: unknown = { properties };
      for (const key of path.split('.'))
        at = (at as { properties?: Record<string, unknown> } | undefined)?.properties?.[key];
      return at !== undefined;
    };
    const options = rowsOf(part('Settings'))
      .flatMap(([, here]) => wordsIn(here))
      .filter((word) => /^(budget|agent)\.|^sweepMinutes$/.test(word));

    expect(options.length).toBeGreaterThan(6);
    expect(options.filter((path) => !isThere(path))).toEqual([]);
  });

  it('names reasons that troubleshooting tells of', () => {
    const troubleshooting = readFileSync('docs/guides/troubleshooting.md', 'utf8');
    const reasons = rowsOf(part('Events'))
      .slice(1)
      .flatMap(([, here]) => wordsIn(here))
      .filter((word) => /^[A-Z][A-Za-z]+$/.test(word) && word !== 'Node');

    expect(reasons.length).toBeGreaterThan(8);
    expect(reasons.filter((reason) => !troubleshooting.includes(`\`${reason}\``))).toEqual([]);
  });

  it('names the tags of both', () => {
    const rows = rowsOf(part('Tags of an ENI')).slice(1);
    const [old, ours] = [0, 1].map((column) => rows.flatMap((row) => wordsIn(row[column])));
    const known: string[] = Object.values(TAGS);

    expect(old).toEqual(
      expect.arrayContaining([
        ...[PEER_TAGS.nodeEni, PEER_TAGS.node, PEER_TAGS.subnet, PEER_TAGS.managedBy],
        NO_MANAGE_TAG,
      ]),
    );
    expect(ours?.filter((tag) => !known.includes(tag))).toEqual([]);
  });
});
