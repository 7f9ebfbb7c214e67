import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type HostStatus, nodeEniNameOf, type Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import product from '../package.json' with { type: 'json' };
import type { HostAction } from './agent/actions.ts';
import type { ActionResult } from './agent/execute.ts';
import { addLinkMetrics, type LinkMetricsOptions } from './link-metrics.ts';

export interface Metrics {
  reconciled(outcome: 'done' | 'failed'): void;
  acted(results: readonly ActionResult[]): void;
  /** What the host says of its interfaces now. */
  showed(status: Readonly<Record<Slot, HostStatus>>): void;
  /** Seconds from the first sign of a change until an interface was as asked. */
  settled(seconds: number): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** An interface is configured some 50 ms after udev; the upper half is that of devices in use. */
const SETTLE_BUCKETS_SECONDS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60, 300];

/** prom-client's own process metrics come with a timer that fires a hundred times a second; these read on demand. */
const addProcessMetrics = (registry: Registry): void => {
  const memory: Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory in bytes',
    registers: [registry],
    collect: () => memory.set(process.memoryUsage.rss()),
  });
  const cpu: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Time of user and system in seconds',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1_000_000);
    },
  });
};

/** Every type of step, so that each is counted from 0 on: `rate` misses what begins at 1. */
const ACTION_TYPES = Object.keys({
  remember: 0,
  'set-mtu': 0,
  'set-tx-queue-length': 0,
  'set-link-settings': 0,
  'set-up': 0,
  'set-down': 0,
  'ignore-router-advertisements': 0,
  'add-alt-name': 0,
  'remove-alt-name': 0,
  'add-address': 0,
  'remove-address': 0,
  'set-route': 0,
  'remove-route': 0,
  'add-rule': 0,
  'remove-rule': 0,
  'take-over': 0,
  'hand-back': 0,
  'load-module': 0,
  'enable-no-iommu': 0,
  bind: 0,
  'restore-driver': 0,
  'back-up-plugin-config': 0,
  'write-plugin-config': 0,
  'write-network': 0,
  'remove-network': 0,
  'restart-plugin': 0,
  forget: 0,
} satisfies Record<HostAction['type'], 0>);

const OUTCOMES = ['done', 'failed'] as const;

/** The agent's counters in the text format of Prometheus. */
export const createMetrics = (links?: LinkMetricsOptions): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  addProcessMetrics(registry);
  if (links !== undefined) addLinkMetrics(registry, links);
  const reconciles = new Counter({
    name: 'nodeeni_agent_reconciles_total',
    help: 'Reconciles of the host by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const actions = new Counter({
    name: 'nodeeni_agent_actions_total',
    help: 'Steps taken on the host by type and outcome',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const findings = new Gauge({
    name: 'nodeeni_agent_findings',
    help: 'Interfaces about which there is something to say now, by reason',
    labelNames: ['reason'],
    registers,
  });
  const podAddresses = new Gauge({
    name: 'nodeeni_agent_pod_addresses',
    help: 'How many pods the network of a NodeENI has addresses for on this node',
    labelNames: ['nodeeni'],
    registers,
  });
  const podAddressesInUse = new Gauge({
    name: 'nodeeni_agent_pod_addresses_in_use',
    help: 'How many pods have an address of it now',
    labelNames: ['nodeeni'],
    registers,
  });
  const settle = new Histogram({
    name: 'nodeeni_agent_settle_seconds',
    help: 'Seconds from the first sign of a change until an interface is as asked',
    buckets: SETTLE_BUCKETS_SECONDS,
    registers,
  });
  const build = new Gauge({
    name: 'nodeeni_agent_build_info',
    help: 'Which version runs: always 1',
    labelNames: ['version'],
    registers,
  });
  build.set({ version: product.version }, 1);
  for (const outcome of OUTCOMES) {
    reconciles.inc({ outcome }, 0);
    for (const type of ACTION_TYPES) actions.inc({ type, outcome }, 0);
  }

  return {
    reconciled: (outcome) => reconciles.inc({ outcome }),
    acted(results) {
      for (const { action, error } of results)
        actions.inc({ type: action.type, outcome: error === undefined ? 'done' : 'failed' });
    },
    showed(status) {
      findings.reset();
      podAddresses.reset();
      podAddressesInUse.reset();
      for (const [slot, { reason, podNetwork }] of Object.entries(status)) {
        if (reason !== undefined) findings.inc({ reason });
        if (podNetwork === undefined) continue;
        const nodeeni = nodeEniNameOf(slot);
        podAddresses.inc({ nodeeni }, podNetwork.addresses);
        podAddressesInUse.inc({ nodeeni }, podNetwork.addressesInUse);
      }
    },
    settled: (seconds) => settle.observe(seconds),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
};
