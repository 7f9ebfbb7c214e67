import type { Outcome } from './agent/controller.ts';
import { messageOf } from './agent/errors.ts';
import { createHealth, type Health } from './agent/health.ts';
import type { LinkTuning } from './agent/host.ts';
import type { HostState } from './agent/parse-state.ts';
import { createPersonEvents } from './agent/person-events.ts';
import { createSettleTimes } from './agent/settle-times.ts';
import { startHealthServer } from './health-server.ts';
import type { ApiClient } from './kubernetes/api-client.ts';
import { createRecordOnNode } from './kubernetes/event-client.ts';
import { createLinkCounters } from './link-counters.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { AgentOptions } from './options.ts';
import { steadySeconds } from './steady-clock.ts';

/** What people and programs see of the agent: health, metrics, events. It decides nothing about the host. */
export interface Watchers {
  readonly health: Health;
  sawChange(): void;
  beginReconcile(): void;
  /** Counts what the reconcile came to. */
  endReconcile(outcome: Pick<Outcome, 'status' | 'results' | 'plan'>): void;
  /** Records an event for each new finding. Never rejects. */
  recordEvents(state: HostState, outcome: Pick<Outcome, 'status'>): Promise<void>;
  reconcileFailed(error: unknown): void;
}

export interface WatcherOptions {
  readonly options: AgentOptions;
  readonly api: ApiClient;
  readonly tuning: LinkTuning;
  readonly log: Log;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Starts the health server where the options name a port. Rejects when the port is taken. */
export const startWatchers = async ({
  options,
  api,
  tuning,
  log,
  now,
  signal,
}: WatcherOptions): Promise<Watchers> => {
  const { port, listenAddress, resyncSeconds, linkCounters: names } = options;
  let nodeName = options.nodeName;
  const counters = createLinkCounters({ tuning, names, seconds: steadySeconds });
  const metrics = createMetrics({ names, read: counters.read, nodeName: () => nodeName ?? '' });
  const health = createHealth({ resyncSeconds, seconds: steadySeconds });
  const times = createSettleTimes(steadySeconds);
  const recordOnNode = createRecordOnNode({ api, now });
  const events = createPersonEvents(
    {
      async record(event) {
        if (nodeName === undefined) throw new Error('the name of this node is not known yet');
        await recordOnNode(nodeName, event);
      },
    },
    steadySeconds,
  );

  if (port !== undefined) {
    const served = await startHealthServer({
      port,
      address: listenAddress,
      health,
      metrics,
      signal,
    });
    log('info', 'health and metrics are served', { port: served });
  }
  return {
    health,
    sawChange: times.sawChange,
    beginReconcile: times.beginReconcile,
    endReconcile({ status, results, plan }) {
      counters.follow(plan.slots);
      health.reconciled();
      metrics.reconciled('done');
      metrics.acted(results);
      metrics.showed(status);
      for (const seconds of times.endReconcile(status)) metrics.settled(seconds);
    },
    async recordEvents({ spec }, { status }) {
      nodeName = options.nodeName ?? spec.nodeName;
      try {
        await events.record(status);
      } catch (error) {
        log('warn', 'an event could not be recorded', { error: messageOf(error) });
      }
    },
    reconcileFailed(error) {
      health.reconciled(messageOf(error));
      metrics.reconciled('failed');
    },
  };
};
