import { formatTable } from '../table.ts';
import { OWN_SECONDS } from './cost.ts';
import { type HookNeed, MARGIN } from './hook.ts';
import { PRICED_ON } from './prices.ts';
import { BURST_SHARE, TIMES } from './stage.ts';
import type { Summary } from './summary.ts';

/** AWS's quota of network interfaces in a region ("Amazon VPC quotas", L-DF5E4CA3). */
const INTERFACE_QUOTA = 5000;

const round = (value: number, digits = 1): string => String(Number(value.toFixed(digits)));

const count = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits });

const dollars = (value: number): string => `$${value.toFixed(value < 0.01 ? 6 : 2)}`;

const percent = (share: number): string => `${round(share * 100, 2)} %`;

/** What is simulated, in a line. */
export const titleOf = ({ fleet, interfaces }: Summary): string =>
  `${count(fleet.nodes)} × ${fleet.instanceType}, ${count(interfaces)} interfaces, budget ${percent(fleet.budget)} of the refill and ${percent(Math.max(BURST_SHARE, fleet.budget))} of the bucket`;

const timeRows = ({ hasConverged, seconds, leastSeconds, ratio, inServiceSeconds }: Summary) => [
  ['time to converge', seconds === undefined ? 'did not converge' : `${round(seconds)} s`],
  [
    'least the budget allows',
    leastSeconds === 0 ? '0 s: one burst is enough' : `${round(leastSeconds)} s`,
  ],
  ...(ratio === undefined ? [] : [['ratio', `${round(ratio, 3)}`]]),
  [
    'last launch hook completed',
    hasConverged ? `${round(inServiceSeconds ?? 0)} s` : 'not all were',
  ],
];

const totalRows = ({
  calls,
  refusedCalls,
  functions,
  kubernetesCalls,
  hookCalls,
  summary,
  cost,
}: Summary) => [
  ['status of the NodeENI', `${summary} ready`],
  ['EC2 calls', count(calls.reduce((sum, action) => sum + action.calls, 0))],
  ['refused by EC2', count(refusedCalls)],
  ['heartbeats and completions', count(hookCalls)],
  ['Kubernetes requests', count(kubernetesCalls)],
  [
    'Lambda invocations',
    count(Object.values(functions).reduce((sum, { invocations }) => sum + invocations, 0)),
  ],
  ['cost of it, estimated', dollars(cost.dollars)],
];

const callTable = ({ calls, peaks }: Summary): string =>
  formatTable([
    ['EC2 action', 'calls', 'refused', 'most in 1 s', 'budget for 1 s', 'EC2 takes in 1 s'],
    ...calls.map(({ action, calls: made, refused }) => {
      const peak = peaks.find((candidate) => candidate.action === action);
      const beside = peak ? [count(peak.calls), round(peak.budget), round(peak.account)] : [];
      return [action, count(made), count(refused), ...beside];
    }),
  ]);

const functionTable = ({ functions }: Summary): string =>
  formatTable([
    ['function', 'invocations', 'seconds'],
    ...Object.entries(functions)
      .toSorted(([, left], [, right]) => right.invocations - left.invocations)
      .map(([name, usage]) => [name, count(usage.invocations), round(usage.seconds)]),
  ]);

const costTable = ({ cost }: Summary): string =>
  formatTable([
    ['estimated cost', 'amount', 'price', 'cost', 'page'],
    ...cost.lines.map(({ item, amount, dollars: price, per, cost: sum, page }) => [
      item,
      count(amount, 1),
      `$${price} / ${count(per)}`,
      dollars(sum),
      page,
    ]),
  ]);

const hookText = (hook: HookNeed | undefined): string => {
  if (hook === undefined) return 'No setting of a launch hook is known: the launch did not end.';
  const { longestSilenceSeconds, heartbeatTimeoutSeconds, deadlineSeconds, isPossible } = hook;
  const seen = `the longest time between two heartbeats was ${round(longestSilenceSeconds)} s`;
  return isPossible
    ? `Launch hook: HeartbeatTimeout ${heartbeatTimeoutSeconds} s, and "deadlineSeconds": ${deadlineSeconds} in its NotificationMetadata.
That is ${MARGIN} times what was seen, in whole minutes: ${seen}.`
    : `Launch hook: no setting holds so many nodes back, Auto Scaling waits at most 7200 s for a heartbeat (${seen}). Launch fewer at once.`;
};

const notes = ({ fleet, interfaces }: Summary): readonly string[] => [
  `Simulated: all instances start at once, an EC2 call takes ${TIMES.ec2CallSeconds} s, an attachment ${TIMES.attachSeconds} s, other calls no time.`,
  `Prices: us-east-1, ${PRICED_ON}, no free tier, without empty polls and logs; ${OWN_SECONDS} s of own work an invocation is assumed.`,
  ...(interfaces + fleet.nodes > INTERFACE_QUOTA
    ? [
        `Needs ${count(interfaces + fleet.nodes)} network interfaces in the region: the quota is ${count(INTERFACE_QUOTA)} unless raised (L-DF5E4CA3).`,
      ]
    : []),
  ...(Object.keys(fleet.buckets).length > 0
    ? [
        'nodeeni counts its budget from the published buckets: a larger bucket does not make it faster, a smaller one makes EC2 refuse calls.',
      ]
    : []),
];

/** The figures for people, in plain text. `chart` stands after the first ones. */
export const formatReport = (summary: Summary, chart: string): string => {
  const figures = [...timeRows(summary), ...totalRows(summary)];
  const width = Math.max(...figures.map(([name = '']) => name.length));
  return [
    titleOf(summary),
    figures.map(([name = '', value]) => `${name.padEnd(width)}   ${value}`).join('\n'),
    chart,
    callTable(summary),
    hookText(summary.hook),
    functionTable(summary),
    costTable(summary),
    notes(summary).join('\n'),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
};
