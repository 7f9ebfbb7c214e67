import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { metricsPage } from '#cli/local/metrics-page.ts';
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
    ['metrics.md', metricsPage],
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

it('the page of metrics names every one of the agent, and no other', () => {
  const [, agent = ''] = page('metrics.md').split('## Agent');
  const source = readFileSync('node-agent/metrics.ts', 'utf8');
  const made = [...source.matchAll(/name: '([a-z_]+)'/g)].map(([, name]) => name);

  const named = rowsOf(agent)
    .slice(1)
    .map(([name]) => wordsIn(name)[0]);

  expect(made.length).toBeGreaterThan(4);
  expect(named.toSorted()).toEqual(made.toSorted());
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
    // What `doctor` only tries (`DryRun`) it need not be allowed to.
    const needed = ['plan', 'explain', 'doctor']
      .flatMap((name) => rights.get(name) ?? [])
      .filter((action) => /:Describe/.test(action));

    expect(policy.Statement[0].Action.toSorted()).toEqual([...new Set(needed)].toSorted());
    expect(policy.Statement[0].Action.every((action: string) => /:Describe/.test(action))).toBe(
      true,
    );
    expect(
      policy.Statement[1].Action.every((action: string) =>
        /:(?:Get|List|Describe|Simulate)/.test(action),
      ),
    ).toBe(true);
  });

  it('names what `doctor` asks of other services, and gives it to who only looks', () => {
    const [, policy] = codeIn(text, ['json']).flatMap((code) => JSON.parse(code).Statement);
    const [paragraph = ''] = /^`doctor` asks other services[\s\S]*?\n\n/m.exec(text) ?? [];
    const asked = wordsIn(paragraph).filter((word) => /^[a-z]+:[A-Z]/.test(word));

    expect(policy.Action.toSorted()).toEqual(asked.toSorted());
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
