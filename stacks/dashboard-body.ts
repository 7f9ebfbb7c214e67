/** The names that CloudWatch's metrics go by. */
export interface DashboardNames {
  readonly region: string;
  readonly clusterName: string;
  readonly functions: readonly string[];
  readonly queues: readonly string[];
  readonly deadLetterQueues: readonly string[];
}

type Metric = readonly string[];

/** The whole width is 24; a row of three. */
const WIDTH = 8;
const HEIGHT = 6;

/** What our functions count, in the order in which a change passes through them. */
const DONE = [
  'HintsSent',
  'Reconciles',
  'InterfaceCalls',
  'ReconcilesFailed',
  'RollUpsFailed',
  'NodeEnisNotReady',
  'MessagesReturned',
];

/** What the sweep saw: how much there is, and what nobody owned. */
const SWEPT = ['InstancesSwept', 'InterfacesSwept'];
const ORPHANS = ['OrphansMarked', 'OrphansCollected'];
const WAITING = ['ReconcilesForwarded', 'HeartbeatsSwept'];

const graph = (title: string, stat: string, metrics: readonly Metric[]) => ({
  title,
  stat,
  metrics,
});

const ofOurs = (names: readonly string[], clusterName: string): Metric[] =>
  names.map((name) => ['nodeeni', name, 'cluster', clusterName, 'service', 'nodeeni']);

const ofQueues = (metric: string, queues: readonly string[]): Metric[] =>
  queues.map((name) => ['AWS/SQS', metric, 'QueueName', name]);

const ofFunctions = (metric: string, functions: readonly string[]): Metric[] =>
  functions.map((name) => ['AWS/Lambda', metric, 'FunctionName', name]);

const graphs = ({ clusterName, functions, queues, deadLetterQueues }: DashboardNames) => [
  graph('What is done', 'Sum', ofOurs(DONE, clusterName)),
  graph('Waiting', 'Maximum', ofQueues('ApproximateNumberOfMessagesVisible', queues)),
  graph('Oldest message, s', 'Maximum', ofQueues('ApproximateAgeOfOldestMessage', queues)),
  graph('Failed for good', 'Maximum', [
    ...ofQueues('ApproximateNumberOfMessagesVisible', deadLetterQueues),
  ]),
  graph('Errors', 'Sum', ofFunctions('Errors', functions)),
  graph('Throttles', 'Sum', ofFunctions('Throttles', functions)),
  graph('Invocations', 'Sum', ofFunctions('Invocations', functions)),
  graph('Duration, ms', 'p95', ofFunctions('Duration', functions)),
  graph('At once', 'Maximum', ofFunctions('ConcurrentExecutions', functions)),
  graph('There is', 'Maximum', ofOurs(SWEPT, clusterName)),
  graph('Without an owner', 'Sum', ofOurs(ORPHANS, clusterName)),
  graph('Requeued, and launches kept waiting', 'Sum', ofOurs(WAITING, clusterName)),
];

/** A dashboard of graphs, three in a row ("Dashboard body structure and syntax", Amazon CloudWatch API Reference). */
export const dashboardBody = (names: DashboardNames): string =>
  JSON.stringify({
    widgets: graphs(names).map(({ title, stat, metrics }, index) => ({
      type: 'metric',
      x: (index % 3) * WIDTH,
      y: Math.floor(index / 3) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { title, stat, metrics, region: names.region, view: 'timeSeries', period: 60 },
    })),
  });
