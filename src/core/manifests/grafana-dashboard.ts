/** What one panel draws: its expressions, each with how its lines are called. */
interface Panel {
  readonly title: string;
  readonly unit?: 's' | 'ops';
  readonly targets: readonly { readonly expr: string; readonly legend: string }[];
}

const rate = (expr: string, legend: string) => ({
  expr: `sum by (${[...legend.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).join(', ')}) (rate(${expr}[$__rate_interval]))`,
  legend,
});

const LOCAL: readonly Panel[] = [
  {
    title: 'Not ready',
    targets: [{ expr: 'nodeeni_ready == 0', legend: '{{nodeeni}} {{reason}}' }],
  },
  {
    title: 'Interfaces',
    targets: [{ expr: 'sum by (reason) (nodeeni_interfaces)', legend: '{{reason}}' }],
  },
  {
    title: 'Reconciles',
    unit: 'ops',
    targets: [
      { expr: 'sum(rate(nodeeni_reconciles_total[$__rate_interval]))', legend: 'begun' },
      { expr: 'sum(rate(nodeeni_reconciles_failed_total[$__rate_interval]))', legend: 'failed' },
      {
        expr: 'sum(rate(nodeeni_roll_ups_failed_total[$__rate_interval]))',
        legend: 'roll-ups failed',
      },
    ],
  },
  {
    title: 'Calls of AWS',
    unit: 'ops',
    targets: [rate('nodeeni_aws_calls_total{outcome="done"}', '{{service}} {{action}}')],
  },
  {
    title: 'Refused by AWS',
    unit: 'ops',
    targets: [rate('nodeeni_aws_calls_total{outcome!="done"}', '{{action}} {{outcome}}')],
  },
  {
    title: 'Waiting work',
    targets: [{ expr: 'nodeeni_messages_pending', legend: 'messages' }],
  },
  {
    title: 'Age of the last sweep',
    unit: 's',
    targets: [{ expr: 'time() - nodeeni_last_sweep_timestamp_seconds', legend: 'age' }],
  },
  {
    title: 'Without an owner',
    targets: [
      { expr: 'increase(nodeeni_orphans_marked_total[1h])', legend: 'marked' },
      { expr: 'increase(nodeeni_orphans_collected_total[1h])', legend: 'collected' },
    ],
  },
];

const AGENT: readonly Panel[] = [
  {
    title: 'Findings on hosts',
    targets: [{ expr: 'sum by (reason) (nodeeni_agent_findings)', legend: '{{reason}}' }],
  },
  {
    title: 'Reconciles of hosts',
    unit: 'ops',
    targets: [rate('nodeeni_agent_reconciles_total', '{{outcome}}')],
  },
  {
    title: 'Until an interface is set up',
    unit: 's',
    targets: [
      {
        expr: 'histogram_quantile(0.95, sum by (le) (rate(nodeeni_agent_settle_seconds_bucket[$__rate_interval])))',
        legend: 'p95',
      },
    ],
  },
  {
    title: 'Steps on hosts',
    unit: 'ops',
    targets: [rate('nodeeni_agent_actions_total', '{{type}} {{outcome}}')],
  },
  {
    title: 'Memory of agents',
    targets: [
      {
        expr: 'max(process_resident_memory_bytes and on (instance) nodeeni_agent_build_info)',
        legend: 'largest',
      },
    ],
  },
  {
    title: 'Versions',
    targets: [
      { expr: 'count by (version) (nodeeni_build_info)', legend: 'local {{version}}' },
      { expr: 'count by (version) (nodeeni_agent_build_info)', legend: 'agent {{version}}' },
    ],
  },
];

/** The whole width is 24; a row of three. */
const WIDTH = 8;
const HEIGHT = 7;

const panelAt = ({ title, unit, targets }: Panel, index: number) => ({
  id: index + 1,
  type: 'timeseries',
  title,
  gridPos: {
    x: (index % 3) * WIDTH,
    y: Math.floor(index / 3) * HEIGHT,
    w: WIDTH,
    h: HEIGHT,
  },
  datasource: { type: 'prometheus', uid: '$datasource' },
  fieldConfig: { defaults: { unit: unit ?? 'short', min: 0 }, overrides: [] },
  targets: targets.map(({ expr, legend }, target) => ({
    refId: String.fromCodePoint(65 + target),
    expr,
    legendFormat: legend,
  })),
});

/** A dashboard of what `nodeeni local` and the agents show, for any Prometheus ("Dashboard JSON model", grafana.com). */
export const grafanaDashboard = () => ({
  uid: 'nodeeni',
  title: 'nodeeni',
  tags: ['nodeeni'],
  schemaVersion: 39,
  timezone: 'browser',
  refresh: '1m',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }],
  },
  panels: [...LOCAL, ...AGENT].map(panelAt),
});
