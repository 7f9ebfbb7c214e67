import { AGENT } from './agent.ts';
import { NAMESPACE } from './manifest.ts';

/** A rule of alerting as Prometheus takes it, and the section of the runbook that says what to do. */
interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
  readonly section: string;
}

/** What lasts as long is no step on the way any more. */
const FOR = '15m';

/** The Prometheus Operator calls a job by the namespace and name of its PodMonitor. */
const AGENT_JOB = `${NAMESPACE}/${AGENT}`;

/** About what `nodeeni local` does and sees. */
const LOCAL_RULES: readonly AlertingRule[] = [
  {
    alert: 'NodeEniNotReady',
    // Without the reason, so that one that changes its reason is no new one.
    expr: 'max by (nodeeni) (nodeeni_ready{reason!~"Paused|NoMatchingNodes"}) == 0',
    severity: 'warning',
    summary: 'NodeENI {{ $labels.nodeeni }} has not been ready for a quarter of an hour.',
    section: 'not-ready',
  },
  {
    alert: 'NodeEniReconcilesFail',
    expr: 'increase(nodeeni_reconciles_failed_total[5m]) + increase(nodeeni_roll_ups_failed_total[5m]) > 0',
    severity: 'warning',
    summary: 'Reconciles or roll-ups have failed for a quarter of an hour.',
    section: 'work-that-keeps-failing',
  },
  {
    alert: 'NodeEniSweepMissing',
    expr: 'time() - max(nodeeni_last_sweep_timestamp_seconds) > 900',
    severity: 'critical',
    summary: 'The last sweep that succeeded is more than half an hour old.',
    section: 'no-sweep',
  },
  {
    alert: 'NodeEniCallsDenied',
    expr: 'sum by (service, action) (increase(nodeeni_aws_calls_total{outcome=~"UnauthorizedOperation|AccessDenied.*"}[15m])) > 0',
    severity: 'warning',
    summary: 'AWS refuses {{ $labels.service }} {{ $labels.action }}: a right is missing.',
    section: 'denied-calls',
  },
];

/** Findings that tell of something, and ask nobody to mend it (docs/guides/troubleshooting.md, "Reasons of the agent"). */
const NOTES = 'NoIommu|BoundByUser|AdvertisedByUser|.*WriteCombining.*';

/** About the node agents. */
const AGENT_RULES: readonly AlertingRule[] = [
  {
    alert: 'NodeEniAgentDown',
    expr: `up{job="${AGENT_JOB}"} == 0`,
    severity: 'warning',
    summary: 'The agent on {{ $labels.node }} does not answer.',
    section: 'agent-away',
  },
  {
    alert: 'NodeEniAgentReconcilesFail',
    expr: 'sum by (node) (increase(nodeeni_agent_reconciles_total{outcome="failed"}[5m])) > 0',
    severity: 'warning',
    summary: 'The agent on {{ $labels.node }} cannot reconcile its host.',
    section: 'agent-fails',
  },
  {
    alert: 'NodeEniAgentFinding',
    expr: `max by (node, reason) (nodeeni_agent_findings{reason!~"${NOTES}"}) > 0`,
    severity: 'warning',
    summary: '{{ $labels.node }}: {{ $labels.reason }} for a quarter of an hour.',
    section: 'findings-on-a-host',
  },
];

const ruleWith =
  (runbook: string) =>
  ({ alert, expr, severity, summary, section }: AlertingRule) => ({
    alert,
    expr,
    for: FOR,
    labels: { severity },
    annotations: { summary, runbook_url: `${runbook}#${section}` },
  });

/** Groups of rules as a PrometheusRule and a file of rules have them. In: where the runbook is. */
export const ruleGroups = (runbook: string) => [
  { name: 'nodeeni-local', rules: LOCAL_RULES.map(ruleWith(runbook)) },
  { name: 'nodeeni-agent', rules: AGENT_RULES.map(ruleWith(runbook)) },
];
