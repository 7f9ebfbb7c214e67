import type { Launch } from '#cli/simulate/launch.ts';
import { allowancesOf } from '#cli/simulate/measures.ts';
import type { FleetOptions } from '#cli/simulate/options.ts';

export const FLEET: FleetOptions = {
  nodes: 100,
  interfaces: 1,
  instanceType: 'm5.4xlarge',
  budget: 0.5,
  buckets: {},
};

/** A launch of 100 interfaces that were ready a quarter each ten seconds. */
export const launchOf = (changes: Partial<Launch> = {}): Launch => ({
  wanted: 100,
  points: [0, 1, 2, 3, 4].map((step) => ({ seconds: step * 10, ready: step * 25 })),
  seconds: 40,
  inServiceSeconds: 41,
  leastSeconds: 24,
  allowances: allowancesOf(FLEET, 0.8),
  summary: '100/100',
  calls: [],
  kubernetesCalls: new Map([['get nodes', 7]]),
  hookCalls: 0,
  longestSilenceSeconds: 18,
  functions: new Map([['reconcile', { invocations: 10, seconds: 20 }]]),
  queueRequests: { fifo: 30, standard: 20 },
  customEvents: 100,
  ...changes,
});
