import type { Snapshot } from '#core/controllers/instance-interfaces/observe/snapshot.ts';
import { NOW } from '#test/support/builders.ts';

/** Snapshot in which nothing was found but what is given. */
export const someSnapshot = (snapshot: Partial<Snapshot> = {}): Snapshot => ({
  now: NOW,
  cluster: { name: 'prod', uid: 'cluster-uid' },
  instances: new Map(),
  limits: new Map(),
  nodes: new Map(),
  predictions: new Map(),
  terminating: new Set(),
  nodeEnis: { items: [], invalid: [] },
  states: new Map(),
  ours: [],
  peers: [],
  named: [],
  subnets: [],
  securityGroups: [],
  ...snapshot,
});
