import type { Readings } from '#core/controllers/instance-interfaces/observe/assemble.ts';
import { NOW } from '#test/support/builders.ts';

/** Readings in which nothing was found but what is given. */
export const someReadings = (readings: Partial<Readings> = {}): Readings => ({
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
  ...readings,
});
