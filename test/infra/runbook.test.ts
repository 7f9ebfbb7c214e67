import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { ruleGroups } from '#core/manifests/monitoring-rules.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { type Resource, resourcesOf } from '#test/support/infra/synthesis.ts';
import { headingIds } from '#test/unit/docs/markdown.ts';

const syntheses = inject('syntheses');

const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');
const [, ...sections] = runbook.split(/^## /m);
const bySection = new Map(
  sections.map((section) => [headingIds(`## ${section}`)[0] ?? '', section] as const),
);

const alarms = Object.values(syntheses).flatMap((synthesis) =>
  resourcesOf(synthesis, 'aws:cloudwatch/metricAlarm:MetricAlarm'),
);

const sectionOf = ({ inputs }: Resource): string =>
  /What to do: docs\/runbook\.md#([\w-]+)$/.exec(String(inputs.alarmDescription))?.[1] ?? 'none';

const rules = ruleGroups('docs/runbook.md').flatMap((group) =>
  group.rules.map(({ alert, annotations }) => ({
    alert,
    section: /^docs\/runbook\.md#([\w-]+)$/.exec(annotations.runbook_url)?.[1] ?? 'none',
  })),
);

/** Functions have alarms of two kinds each, which one section is about. */
const nameInRunbook = ({ name }: Resource): string =>
  name.replace(/^(?:\w+?)(Errors|Throttles)$/, '<Function>$1');

describe('the runbook', () => {
  it('has the section that each alarm names', () => {
    const lost = alarms.filter((alarm) => !bySection.has(sectionOf(alarm)));

    expect(alarms.length).toBeGreaterThan(100);
    expect(lost.map(({ name, inputs }) => `${name}: ${inputs.alarmDescription}`)).toEqual([]);
  });

  it('names each alarm in the section that the alarm names', () => {
    const unnamed = alarms.filter(
      (alarm) => !bySection.get(sectionOf(alarm))?.includes(`\`${nameInRunbook(alarm)}\``),
    );

    expect(unnamed.map(({ name }) => name)).toEqual([]);
  });

  it('has the section that each rule of Prometheus names, and names the rule there', () => {
    const lost = rules.filter(
      ({ alert, section }) => !bySection.get(section)?.includes(`\`${alert}\``),
    );

    expect(rules.length).toBeGreaterThan(5);
    expect(lost).toEqual([]);
  });

  it('has no section that no alarm and no rule leads to', () => {
    const named = new Set([...alarms.map(sectionOf), ...rules.map(({ section }) => section)]);

    expect([...bySection.keys()].filter((section) => !named.has(section))).toEqual([]);
  });

  it.each([...bySection])('says in "%s" what it means, where to look and what to do', (_, text) => {
    expect(text).toContain('**It means**');
    expect(text).toContain('**Look**');
    expect(text).toContain('**Do**');
  });

  it('finds the instances of a launch by the pattern that the alarm counts them by', () => {
    const patterns = resourcesOf(
      syntheses.usual,
      'aws:cloudwatch/logMetricFilter:LogMetricFilter',
    ).map(({ inputs }) => String(inputs.pattern));

    expect(patterns).toHaveLength(2);
    for (const pattern of patterns) expect(runbook).toContain(`'${pattern}'`);
  });
});

it('is as many alarms as the guide to costs counts', () => {
  const count = (name: 'usual' | 'secluded') =>
    resourcesOf(syntheses[name], 'aws:cloudwatch/metricAlarm:MetricAlarm').length;
  const cost = readFileSync(join(ROOT, 'docs', 'guides', 'cost.md'), 'utf8');

  expect(cost).toContain(`| ${count('usual')} (${count('secluded')} without the webhook)`);
  expect(cost).toContain(`- Alarms (${count('usual')}), dashboards`);
});
