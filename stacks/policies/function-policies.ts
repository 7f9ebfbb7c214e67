import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from '#core/apis/v1alpha1/names.ts';
import type { Statement } from '#core/manifests/policy-statement.ts';
import { type FunctionName, isInVpc } from '../function-settings.ts';
import type { Options } from '../options.ts';
import { keepHooksAlive, workOnHooks } from './auto-scaling.ts';
import { findCluster } from './cluster.ts';
import { readInterfaces, sweepInterfaces, workOnInterfaces } from './ec2.ts';
import { commandHosts } from './host-commands.ts';
import {
  joinVpc,
  publishEvents,
  receiveFrom,
  sendTo,
  useQueueKey,
  writeLogs,
  writeTraces,
} from './lambda.ts';
import type { Place } from './statement.ts';

/** ARNs of the queues. */
export interface QueueArns {
  readonly work: string;
  readonly rollUp: string;
  readonly delay: string;
  readonly deliveryDlq: string;
}

export interface PolicyInput {
  readonly place: Place;
  readonly options: Options;
  /** Uid of the cluster, where whoever deploys knows it. */
  readonly clusterUid?: string | undefined;
  readonly queues: QueueArns;
  readonly logGroupArn: string;
  /** The agent's bundle, where commands are sent to hosts. */
  readonly bundleArn?: string;
}

const PUBLISHED = { source: EVENT_SOURCE, detailType: EVENT_DETAIL_TYPE };

const router = ({ queues }: PolicyInput): readonly Statement[] =>
  // What fails for good is kept for a person ("Capturing records of Lambda asynchronous invocations").
  sendTo(queues.work, queues.deliveryDlq);

/** What every function that works has in common. */
const worker = ({ place, options }: PolicyInput): readonly Statement[] => [
  ...findCluster(place, options),
  ...(options.tracing ? writeTraces() : []),
];

const STATEMENTS: Readonly<Record<FunctionName, (input: PolicyInput) => readonly Statement[]>> = {
  'on-asg-lifecycle': router,

  'on-ec2-state-change': router,

  'on-command-result': router,

  // What it tells of is not stored yet.
  'on-kubernetes-change': ({ queues }) => sendTo(queues.delay),

  requeue: ({ queues }) => [...receiveFrom(queues.delay), ...sendTo(queues.work, queues.rollUp)],

  reconcile(input) {
    const { place, options, clusterUid, queues, bundleArn } = input;
    return [
      ...worker(input),
      ...workOnInterfaces({ place, ...options, clusterUid }),
      ...workOnHooks({ place, ...options }),
      ...(bundleArn === undefined ? [] : commandHosts(place, options.clusterName, bundleArn)),
      ...publishEvents(place, options.eventBusName, PUBLISHED),
      ...receiveFrom(queues.work),
      ...sendTo(queues.delay),
    ];
  },

  'roll-up': (input) => [
    ...worker(input),
    ...readInterfaces(),
    ...receiveFrom(input.queues.rollUp),
    ...sendTo(input.queues.work, input.queues.delay),
  ],

  sweep: (input) => [
    ...worker(input),
    ...sweepInterfaces({
      place: input.place,
      ...input.options,
      clusterUid: input.clusterUid,
    }),
    ...keepHooksAlive({ place: input.place, ...input.options }),
    ...sendTo(input.queues.work, input.queues.delay),
  ],

  'on-remove': worker,
};

/** All that a function may do, and why: one statement for one reason. */
export const statementsFor = (name: FunctionName, input: PolicyInput): readonly Statement[] => [
  ...writeLogs(input.logGroupArn),
  ...STATEMENTS[name](input),
  ...(isInVpc(name, input.options) ? joinVpc() : []),
  // The guard of removals knows no queue.
  ...(input.options.kmsKeyArn === undefined || name === 'on-remove'
    ? []
    : useQueueKey(input.place, input.options.kmsKeyArn)),
];
