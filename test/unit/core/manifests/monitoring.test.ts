import { describe, expect, it } from 'vitest';
import { createMetrics as createLocalMetrics, GAUGES } from '#cli/local/metrics.ts';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import { grafanaDashboard } from '#core/manifests/grafana-dashboard.ts';
import { monitoringManifests } from '#core/manifests/monitoring.ts';
import { ruleGroups } from '#core/manifests/monitoring-rules.ts';
import { createMetrics as createAgentMetrics } from '#node-agent/metrics.ts';

/** The names of all metrics that our two programs show; a histogram has three. */
const shown = async (): Promise<ReadonlySet<string>> => {
  const texts = await Promise.all([createLocalMetrics().text(), createAgentMetrics().text()]);
  const names = texts.flatMap((text) =>
    [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [`${name}`],
    ),
  );
  return new Set([...names, ...Object.keys(GAUGES)]);
};

const namesIn = (expr: string): string[] =>
  [...expr.matchAll(/\b(?:nodeeni|process)_\w+/g)].map(([name]) => name);

const panels = grafanaDashboard().panels;

describe('what watches over an installation', () => {
  it.each([
    ['the rules', ruleGroups('x').flatMap(({ rules }) => rules.map(({ expr }) => expr))],
    ['the dashboard', panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))],
  ])('asks in %s for nothing that no program of ours shows', async (_, exprs) => {
    const known = await shown();

    const names = exprs.flatMap(namesIn);

    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('links each rule to the runbook that is given', () => {
    const [, , rule] = monitoringManifests({ runbook: 'https://wiki.example.com/nodeeni' });

    expect(JSON.stringify(rule)).toContain('https://wiki.example.com/nodeeni#not-ready');
    expect(JSON.stringify(rule)).not.toContain('docs/runbook.md');
  });

  it('finds the pods of the agent, and the port that they serve metrics at', () => {
    const agent = { bundle: 'x' };
    const manifests = clusterManifests({ agent, monitoring: {} });
    const daemonSet = manifests.find(({ kind }) => kind === 'DaemonSet');
    const monitor = manifests.find(
      ({ kind, metadata }) => kind === 'PodMonitor' && metadata.name === 'nodeeni-agent',
    );
    const { selector, podMetricsEndpoints } = (monitor?.spec ?? {}) as {
      readonly selector: { readonly matchLabels: object };
      readonly podMetricsEndpoints: readonly { readonly port: string }[];
    };

    expect(daemonSet?.spec).toMatchObject({
      template: {
        metadata: { labels: selector.matchLabels },
        spec: { containers: [{ ports: [{ name: podMetricsEndpoints[0]?.port }] }] },
      },
    });
  });

  it('is left out unless it is asked for', () => {
    const kinds = clusterManifests({ agent: { bundle: 'x' } }).map(({ kind }) => kind);

    expect(kinds).not.toContain('PodMonitor');
    expect(kinds).not.toContain('PrometheusRule');
  });

  it('draws panels that lie beside each other, each with a name of its own', () => {
    const places = panels.map(({ gridPos: { x, y } }) => `${x}/${y}`);

    expect(new Set(places).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });
});
