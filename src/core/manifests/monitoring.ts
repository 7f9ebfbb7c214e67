import { AGENT } from './agent.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';
import { LABELS, type Manifest, NAMESPACE } from './manifest.ts';
import { ruleGroups } from './monitoring-rules.ts';

/** Where the runbook lies in our sources; those who have it elsewhere say so. */
export const RUNBOOK = 'docs/runbook.md';

export interface MonitoringOptions {
  /** What the links to the runbook begin with. */
  readonly runbook?: string;
}

/** The objects of the Prometheus Operator ("API reference", prometheus-operator.dev). */
const OPERATOR = 'monitoring.coreos.com/v1';

/** Grafana's sidecar collects what has this label (Helm chart "grafana", values sidecar.dashboards). */
const DASHBOARD_LABEL = { grafana_dashboard: '1' } as const;

/** Summaries and legends have placeholders of their own, which are not for Flux to fill in. */
const AS_IT_IS = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } as const;

const podMonitor = (component: 'agent' | 'local', port: string): Manifest => ({
  apiVersion: OPERATOR,
  kind: 'PodMonitor',
  metadata: {
    name: component === 'agent' ? AGENT : 'nodeeni-local',
    namespace: NAMESPACE,
    labels: LABELS,
  },
  spec: {
    selector: { matchLabels: { ...LABELS, 'app.kubernetes.io/component': component } },
    podMetricsEndpoints: [
      {
        port,
        path: '/metrics',
        interval: '30s',
        relabelings: [
          {
            action: 'replace',
            sourceLabels: ['__meta_kubernetes_pod_node_name'],
            targetLabel: 'node',
          },
        ],
      },
    ],
  },
});

/**
 * What watches over agents and over a `nodeeni local` that runs in a pod (labels `app.kubernetes.io/name: nodeeni` and
 * `app.kubernetes.io/component: local`, port `metrics`): for the Prometheus Operator and for Grafana's sidecar.
 */
export const monitoringManifests = ({
  runbook = RUNBOOK,
}: MonitoringOptions = {}): readonly Manifest[] => [
  podMonitor('agent', 'health'),
  podMonitor('local', 'metrics'),
  {
    apiVersion: OPERATOR,
    kind: 'PrometheusRule',
    metadata: { name: 'nodeeni', namespace: NAMESPACE, labels: LABELS, annotations: AS_IT_IS },
    spec: { groups: ruleGroups(runbook) },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'nodeeni-dashboard',
      namespace: NAMESPACE,
      labels: { ...LABELS, ...DASHBOARD_LABEL },
      annotations: AS_IT_IS,
    },
    data: { 'nodeeni.json': JSON.stringify(grafanaDashboard()) },
  },
];
