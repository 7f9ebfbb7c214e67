import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createBackoff } from './agent/backoff.ts';
import { createHostController } from './agent/controller.ts';
import { messageOf } from './agent/errors.ts';
import { type HostState, parseState } from './agent/parse-state.ts';
import { createReporting } from './agent/reporting.ts';
import { createStatusReporter } from './agent/status-reporter.ts';
import { createWorkLoop } from './agent/work-loop.ts';
import { type Cluster, findInstanceId, joinCluster, NoInstanceError } from './cluster.ts';
import { createHost } from './host/create-host.ts';
import { createFolderWatch } from './host/folder-watch.ts';
import { startLinkMonitor } from './host/link-monitor.ts';
import { createStateClient } from './kubernetes/state-client.ts';
import { watchState } from './kubernetes/state-watch.ts';
import type { Log } from './log.ts';
import type { AgentOptions } from './options.ts';
import { outcomeReport } from './report.ts';
import { steadySeconds } from './steady-clock.ts';
import { startWatchers, type Watchers } from './watchers.ts';

export interface Running {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What an API server that hangs may take of the time in which the agent is to end. */
const LAST_WORDS_SECONDS = 2;

/** A Node may get its providerID after it has registered; one that is no EC2 instance never gets another. */
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 60;

/**
 * Waits until it is known whose host this is. On a host without an EC2 instance that is never, and an agent that ended there
 * would be started again and again. Resolves to undefined at the signal; rejects when nobody answers.
 */
const untilInstanceIsKnown = async (
  cluster: Cluster,
  options: AgentOptions,
  running: Running & Pick<Watchers, 'health'>,
): Promise<string | undefined> => {
  const { log, sleep, signal, health } = running;
  for (let waitSeconds = FIRST_WAIT_SECONDS; !signal.aborted; ) {
    try {
      return await findInstanceId(cluster, options, running);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof NoInstanceError)) throw error;
      if (waitSeconds === FIRST_WAIT_SECONDS)
        log('warn', 'there is nothing to do on this host', { reason: error.message });
    }
    health.isIdle();
    await sleep(waitSeconds * 1000);
    waitSeconds = Math.min(waitSeconds * 2, LONGEST_WAIT_SECONDS);
  }
  return undefined;
};

/** Where files show how networks for pods stand: those for Multus, and those of host-local, one for each address in use. */
const watchedFolders = (
  { hostRoot, networkFolders: { networks, addresses } }: AgentOptions,
  { spec }: HostState,
): readonly string[] => {
  const names = Object.values(spec.interfaces ?? {}).flatMap(
    ({ podNetwork }) => podNetwork?.name ?? [],
  );
  return names.length === 0
    ? []
    : [networks, ...names.map((name) => join(addresses, name))].map((folder) =>
        join(hostRoot, folder),
      );
};

/**
 * `agent run`: keeps the host as its NodeENIState asks until the signal. A step that has begun is ended first, so that no
 * device is left without a driver. Rejects only when it cannot be found out whose host this is.
 */
export const runAgent = async (options: AgentOptions, running: Running): Promise<void> => {
  const { log, now, sleep, signal } = running;
  const cluster = joinCluster(options, running.environment);
  const { api } = cluster;
  const host = createHost({ ...options, ...(cluster.plugin && { cluster: cluster.plugin }) });
  const { tuning } = host;
  const watchers = await startWatchers({ options, api, tuning, log, now, signal });
  const instanceId = await untilInstanceIsKnown(cluster, options, {
    ...running,
    health: watchers.health,
  });
  if (instanceId === undefined) {
    api.close();
    return;
  }
  const controller = createHostController({
    host,
    settings: options.settings,
    backoff: createBackoff(steadySeconds),
    signal,
  });
  const reporter = createStatusReporter(createStateClient(api, instanceId));
  const reporting = createReporting({
    sleep,
    onError: (error) =>
      log('error', 'the host could not be reported on', { error: messageOf(error) }),
    again: () => loop.wake(),
  });

  const loop = createWorkLoop({
    resyncSeconds: options.resyncSeconds,
    signal,
    onTurn: watchers.health.turned,
    onError: (error) =>
      log('error', 'the host could not be reconciled', { error: messageOf(error) }),
    async reconcile(state) {
      watchers.beginReconcile();
      const outcome = await controller.reconcile(state).catch((error: unknown) => {
        watchers.reconcileFailed(error);
        throw error;
      });
      if (outcome.results.length > 0) log('info', 'the host was changed', outcomeReport(outcome));
      watchers.endReconcile(outcome);
      networkWatch.follow(watchedFolders(options, state));
      // An API server that hangs must not keep the host from being reconciled.
      reporting.submit(async () => {
        await Promise.all([
          reporter.report(state, outcome.status),
          watchers.recordEvents(state, outcome),
        ]);
      });
      const { requeueAfterSeconds } = outcome;
      return {
        didSomething: outcome.results.length > 0,
        ...(requeueAfterSeconds !== undefined && { requeueAfterSeconds }),
      };
    },
  });
  const onChange = (): void => {
    watchers.sawChange();
    loop.wake();
  };
  const networkWatch = createFolderWatch({ onChange: loop.wake, signal });
  startLinkMonitor({ prefix: options.commandPrefix, onChange, signal });
  const watching = watchState({
    api,
    instanceId,
    sleep,
    seconds: steadySeconds,
    signal,
    onProblem: (message) => log('warn', 'the API server cannot be followed', { error: message }),
    onState: (object) => {
      const state = object === undefined ? undefined : parseState(object);
      if (typeof state === 'string') log('error', 'the object cannot be read', { faults: state });
      else {
        watchers.health.objectWasRead();
        watchers.sawChange();
        loop.take(state);
      }
    },
  });
  log('info', 'started', { instanceId });
  await Promise.all([watching, loop.run()]);
  await Promise.race([
    reporting.rest(),
    wait(LAST_WORDS_SECONDS * 1000, undefined, { ref: false }),
  ]);
  api.close();
};
