import type { Options } from './options.ts';

/** What a function reads at its start; every value is text. */
export type Environment = Readonly<Record<string, string>>;

export interface QueueUrls {
  readonly work: string;
  readonly rollUp: string;
  readonly delay: string;
}

/** What all functions read. */
export const routerEnvironment = (
  { clusterName }: Pick<Options, 'clusterName'>,
  queues: QueueUrls,
): Environment => ({
  CLUSTER_NAME: clusterName,
  WORK_QUEUE_URL: queues.work,
  ROLL_UP_QUEUE_URL: queues.rollUp,
  DELAY_QUEUE_URL: queues.delay,
});

const wayToCluster = ({ access, clusterName }: Options): Environment =>
  access.type === 'eks'
    ? { EKS_CLUSTER_NAME: clusterName }
    : { KUBECONFIG_PARAMETER: access.parameterName };

/** What the functions read that work. */
export const workerEnvironment = (
  options: Options,
  queues: QueueUrls,
  bundleUrl?: string,
): Environment => ({
  ...routerEnvironment(options, queues),
  ...wayToCluster(options),
  BUDGET_SHARE: `${options.budget.share}`,
  BUDGET_BURST_SHARE: `${options.budget.burstShare}`,
  // The budget is divided among the workers that the event source mapping lets run at once.
  WORKER_CONCURRENCY: `${options.budget.workerConcurrency}`,
  VPC_IDS: options.vpcIds.join(','),
  LEGACY_TAGS: options.legacyTags ? 'on' : 'off',
  HOST: options.host,
  ...(bundleUrl !== undefined && { AGENT_BUNDLE_URL: bundleUrl }),
  EVENT_BUS_NAME: options.eventBusName,
  TRACING: options.tracing ? 'on' : 'off',
});
