import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { grafanaDashboard } from '#core/manifests/grafana-dashboard.ts';
import { ruleGroups } from '#core/manifests/monitoring-rules.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { codeIn } from '#test/unit/docs/markdown.ts';
import { ensureTool } from './tools.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodeeni-rules-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes these as YAML and has the real promtool look at the last of them. */
const promtool = async (args: readonly string[], files: Readonly<Record<string, unknown>>) => {
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), stringify(content));
  const [last = ''] = Object.keys(files).slice(-1);
  const { code, stdout, stderr } = await runCommand(await ensureTool('promtool'), [
    ...args,
    join(folder, last),
  ]);
  return { code, text: `${stdout}${stderr}` };
};

interface Rule {
  readonly alert: string;
  readonly annotations?: object;
}

interface Groups {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

const RULES = { 'rules.yml': { groups: ruleGroups('docs/runbook.md') } };

/** A series that has this value in each minute of an hour. */
const steady = (series: string, value: number) => ({ series, values: `${value}x60` });

const growing = (series: string) => ({ series, values: '0+1x60' });

const fires = (alertname: string, minutes: number, labels: object | undefined) => ({
  alertname,
  eval_time: `${minutes}m`,
  exp_alerts: labels === undefined ? [] : [{ exp_labels: labels }],
});

interface Story {
  readonly alert: string;
  readonly series: readonly object[];
  readonly labels: Readonly<Record<string, string>>;
}

const STORIES: readonly Story[] = [
  {
    alert: 'NodeEniNotReady',
    series: [
      { series: 'nodeeni_ready{nodeeni="data",reason="Attaching"}', values: '0x10 _x50' },
      { series: 'nodeeni_ready{nodeeni="data",reason="AccessDenied"}', values: '_x10 0x50' },
      steady('nodeeni_ready{nodeeni="paused",reason="Paused"}', 0),
      steady('nodeeni_ready{nodeeni="well",reason="AllInterfacesReady"}', 1),
    ],
    labels: { nodeeni: 'data', severity: 'warning' },
  },
  {
    alert: 'NodeEniReconcilesFail',
    series: [
      growing('nodeeni_reconciles_failed_total'),
      steady('nodeeni_roll_ups_failed_total', 0),
    ],
    labels: { severity: 'warning' },
  },
  {
    alert: 'NodeEniSweepMissing',
    series: [steady('nodeeni_last_sweep_timestamp_seconds', 0)],
    labels: { severity: 'critical' },
  },
  {
    alert: 'NodeEniCallsDenied',
    series: [
      growing(
        'nodeeni_aws_calls_total{service="ec2",action="attachNetworkInterface",outcome="UnauthorizedOperation"}',
      ),
      growing(
        'nodeeni_aws_calls_total{service="ec2",action="attachNetworkInterface",outcome="done"}',
      ),
    ],
    labels: { service: 'ec2', action: 'attachNetworkInterface', severity: 'warning' },
  },
  {
    alert: 'NodeEniAgentDown',
    series: [
      steady('up{job="nodeeni-system/nodeeni-agent",node="a"}', 0),
      steady('up{job="nodeeni-system/nodeeni-agent",node="b"}', 1),
    ],
    labels: { job: 'nodeeni-system/nodeeni-agent', node: 'a', severity: 'warning' },
  },
  {
    alert: 'NodeEniAgentReconcilesFail',
    series: [
      growing('nodeeni_agent_reconciles_total{node="a",outcome="failed"}'),
      growing('nodeeni_agent_reconciles_total{node="b",outcome="done"}'),
    ],
    labels: { node: 'a', severity: 'warning' },
  },
  {
    alert: 'NodeEniAgentFinding',
    series: [
      steady('nodeeni_agent_findings{node="a",reason="InUse"}', 1),
      steady('nodeeni_agent_findings{node="b",reason="NoIommu"}', 1),
    ],
    labels: { node: 'a', reason: 'InUse', severity: 'warning' },
  },
];

const alertsIn = ({ groups }: Groups): string[] =>
  groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));

/** Plays a story to the one rule that it is about. In: a minute at which the rule is silent, and one at which it fires. */
const play = (
  { groups }: Groups,
  { alert, series, labels }: Story,
  { silent, fired }: { readonly silent: number; readonly fired: number },
) => {
  const found = groups.flatMap(({ rules }) => rules).filter((rule) => rule.alert === alert);
  const plain = found.map(({ annotations: _, ...rule }) => rule);
  return promtool(['test', 'rules'], {
    'rules.yml': { groups: [{ name: 'one', rules: plain }] },
    'tests.yml': {
      rule_files: ['rules.yml'],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: series,
          alert_rule_test: [fires(alert, silent, undefined), fires(alert, fired, labels)],
        },
      ],
    },
  });
};

describe('the rules', () => {
  it('are clean to promtool', async () => {
    const { code, text } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal'], RULES);

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('7 rules found') });
  });

  it('each have a story', () => {
    expect(STORIES.map(({ alert }) => alert)).toEqual(alertsIn(RULES['rules.yml']));
  });

  it.each(STORIES)(
    'fire after a quarter of an hour, for whom it concerns: $alert',
    async (story) => {
      const silent = story.alert === 'NodeEniSweepMissing' ? 20 : 10;

      const { code, text } = await play(RULES['rules.yml'], story, { silent, fired: 45 });

      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('SUCCESS') });
    },
  );
});

const linkSeries = (name: string, node: string) =>
  `nodeeni_agent_link_${name}{nodeeni="data",node="${node}",link="eth2"}`;

const LINK_STORIES: readonly Story[] = [
  {
    alert: 'NodeENIAllowanceExceeded',
    series: [
      growing(linkSeries('bw_in_allowance_exceeded_total', 'a')),
      growing(linkSeries('pps_allowance_exceeded_total', 'a')),
      steady(linkSeries('bw_in_allowance_exceeded_total', 'b'), 7),
      steady(linkSeries('linklocal_allowance_exceeded_total', 'b'), 7),
    ],
    labels: { node: 'a' },
  },
  {
    alert: 'NodeENIConntrackExhausted',
    series: [
      { series: linkSeries('conntrack_allowance_exceeded_total', 'a'), values: '0x20 0+1x40' },
      steady(linkSeries('conntrack_allowance_exceeded_total', 'b'), 7),
    ],
    labels: { node: 'a' },
  },
  {
    alert: 'NodeENIConntrackNearlyExhausted',
    series: [
      { series: linkSeries('conntrack_allowance_available', 'a'), values: '50000x20 9000x40' },
      steady(linkSeries('conntrack_allowance_available', 'b'), 50_000),
    ],
    labels: { node: 'a' },
  },
];

describe('the rules of the guide, for links', () => {
  const [guide = ''] = codeIn(readFileSync('docs/guides/alerts.md', 'utf8'), ['yaml']);
  const { spec } = parse(guide) as { readonly spec: Groups };

  it('each have a story', () => {
    expect(LINK_STORIES.map(({ alert }) => alert)).toEqual(alertsIn(spec));
  });

  it.each(LINK_STORIES)('fire for the node that it concerns: $alert', async (story) => {
    const { code, text } = await play(spec, story, { silent: 10, fired: 45 });

    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('SUCCESS') });
  });
});

it('the dashboard asks in words that Prometheus understands', async () => {
  const exprs = grafanaDashboard().panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const rules = exprs.map((expr, index) => ({
    record: `panel:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));

  const { code, text } = await promtool(['check', 'rules'], {
    'panels.yml': { groups: [{ name: 'panels', rules }] },
  });

  expect({ code, text }).toEqual({
    code: 0,
    text: expect.stringContaining(`${exprs.length} rules found`),
  });
});
