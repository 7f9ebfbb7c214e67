import type { IgnoredReason } from './events/parsed-event.ts';

/** A counter: what it counts, and by what it is parted, with all values, which must be few. */
export interface Counter {
  readonly help: string;
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
  /** Sent although it counted nothing: that it comes at all tells something. Others are not, since each is paid for. */
  readonly isSentWhenZero?: boolean;
}

const IGNORED: readonly IgnoredReason[] = ['unknown', 'malformed', 'test', 'irrelevant'];

/** Everything that is counted. CloudWatch has these names; Prometheus `nodeeni_reconciles_failed_total` for `ReconcilesFailed`. */
export const COUNTERS = {
  HintsSent: { help: 'Reconciles that were asked for' },
  HintsLost: {
    help: 'Hints of the webhook that did not reach their queue in time',
    dimension: { name: 'outcome', values: ['failed', 'late'] },
  },
  EventsIgnored: {
    help: 'Events that ask for nothing',
    dimension: { name: 'reason', values: IGNORED },
  },
  CallsRefused: {
    help: 'Calls of the public URL that were refused',
    dimension: { name: 'reason', values: ['secret', 'method'] },
  },
  Reconciles: { help: 'Reconciles of instances and roll-ups that were begun' },
  ReconcilesForwarded: { help: 'Requeued reconciles that have become due' },
  ReconcilesFailed: { help: 'Reconciles of instances that failed' },
  RollUpsFailed: { help: 'Roll-ups of NodeENIs that failed' },
  InterfaceCalls: { help: 'Calls of EC2 that change an interface' },
  ForeignInstances: { help: 'Instances that are of no concern to this cluster' },
  InvocationsFailed: { help: 'Invocations of functions that ended in an error' },
  MessagesMalformed: { help: 'Messages that could not be read' },
  MessagesReturned: { help: 'Messages that went back to their queue' },
  InstancesSwept: { help: 'Instances that sweeps saw; each sweep sends it', isSentWhenZero: true },
  InterfacesSwept: { help: 'Interfaces that sweeps saw' },
  HeartbeatsSwept: { help: 'Heartbeats of launch hooks that sweeps sent' },
  OrphansMarked: { help: 'Interfaces that nobody owns, seen for the first time' },
  NodeEnisNotReady: { help: 'NodeENIs that sweeps found not ready for a quarter of an hour' },
  OrphansCollected: { help: 'Interfaces that nobody owns, seen again' },
} as const satisfies Readonly<Record<string, Counter>>;

export type CounterName = keyof typeof COUNTERS;
