import type {
  InstanceInterfaces,
  ReconcileOutcome,
} from '#core/controllers/instance-interfaces/controller.ts';
import { presenceOf } from '#core/controllers/instance-interfaces/presence.ts';
import { readinessOf } from '#core/controllers/instance-interfaces/readiness.ts';
import type { HookTrouble, LifecycleHooks } from '#core/controllers/lifecycle-hooks/controller.ts';
import type { NodeCapacity } from '#core/controllers/node-capacity/controller.ts';
import type { NodeLabels } from '#core/controllers/node-labels/controller.ts';
import type { StartupTaint } from '#core/controllers/startup-taint/controller.ts';
import type { Instance, InstanceProvider } from '#core/ports/cloud.ts';
import type { Recorder } from '#core/ports/telemetry.ts';
import { instanceKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { FailureReporter } from './failure-reporter.ts';

interface Dependencies {
  readonly instances: InstanceProvider;
  readonly interfaces: InstanceInterfaces;
  readonly hooks: LifecycleHooks;
  readonly nodeCapacity: NodeCapacity;
  readonly nodeLabels: NodeLabels;
  readonly startupTaint: StartupTaint;
  readonly reporter: FailureReporter;
  readonly workQueue: WorkQueue;
  readonly telemetry: Recorder;
}

/** Reconciles at a whole batch of instances: what one describe can answer for all is asked once. */
export interface InstanceWorker {
  /** The error of an instance whose next reconcile could not even be asked for; undefined for all others. */
  reconcile(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Error | undefined>>;
}

/** A step of the reconcile at one instance that failed. No other step, and no other instance, is kept by it. */
interface StepFailure {
  readonly instanceId: string;
  readonly step: 'interfaces' | 'capacity' | 'labels' | 'taint' | HookTrouble['step'];
  readonly error: unknown;
}

/** Steps after which nobody reconciles again unless it is asked for here. A launch that waits has asked for its next reconcile. */
const NEEDS_REQUEUE: readonly StepFailure['step'][] = [
  'interfaces',
  'capacity',
  'labels',
  'taint',
  'read',
  'requeue',
];

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

const troublesOf = (troubles: readonly HookTrouble[]): ReadonlyMap<string, string> =>
  new Map(
    troubles
      .filter(({ step }) => step === 'read')
      .map(({ instanceId, error }) => [instanceId, asError(error).message]),
  );

export const createInstanceWorker = (dependencies: Dependencies): InstanceWorker => {
  const { instances, interfaces, hooks, nodeCapacity, nodeLabels, startupTaint } = dependencies;
  const { reporter, workQueue, telemetry } = dependencies;

  const failAll = (ids: readonly string[], error: unknown): ReadonlyMap<string, ReconcileOutcome> =>
    new Map(ids.map((id) => [id, { kind: 'failed', error }]));

  const describe = (ids: readonly string[]): Promise<ReadonlyMap<string, Instance> | Error> =>
    instances.get(ids).catch(asError);

  const takeTaintsOff = async (
    outcomes: ReadonlyMap<string, ReconcileOutcome>,
  ): Promise<readonly StepFailure[]> => {
    const failures = [...outcomes].map(async ([instanceId, outcome]): Promise<StepFailure[]> => {
      if (outcome.kind !== 'reconciled') return [];
      const taken = startupTaint.reconcile(outcome.observed.node, readinessOf(outcome));
      return taken.then(
        () => [],
        (error: unknown) => [{ instanceId, step: 'taint', error }],
      );
    });
    return (await Promise.all(failures)).flat();
  };

  /** Before labels and taints: a pod that waits for them finds what the node offers. */
  const offerNetworks = async (
    outcomes: ReadonlyMap<string, ReconcileOutcome>,
  ): Promise<readonly StepFailure[]> => {
    const offered = [...outcomes].map(async ([instanceId, outcome]): Promise<StepFailure[]> => {
      if (outcome.kind !== 'reconciled') return [];
      return nodeCapacity.reconcile(outcome.plan, outcome.observed).then(
        () => [],
        (error: unknown) => [{ instanceId, step: 'capacity', error }],
      );
    });
    return (await Promise.all(offered)).flat();
  };

  /** Before the taints: pods that wait for both find the label when the taint goes. */
  const labelNodes = async (
    outcomes: ReadonlyMap<string, ReconcileOutcome>,
  ): Promise<readonly StepFailure[]> => {
    const labelled = [...outcomes].map(async ([instanceId, outcome]): Promise<StepFailure[]> => {
      if (outcome.kind !== 'reconciled') return [];
      try {
        const { plan, observed } = outcome;
        const seconds = await nodeLabels.reconcile(observed.node, presenceOf(plan, observed));
        if (seconds !== undefined) await workQueue.requeueAfter(instanceKey(instanceId), seconds);
        return [];
      } catch (error) {
        return [{ instanceId, step: 'labels', error }];
      }
    });
    return (await Promise.all(labelled)).flat();
  };

  const count = (outcome: ReconcileOutcome): void => {
    if (outcome.kind === 'foreign') telemetry.count('ForeignInstances');
    if (outcome.kind === 'reconciled') telemetry.count('InterfaceCalls', outcome.calls);
  };

  /** Out: every step that failed. */
  const reconcileAll = async (ids: readonly string[]): Promise<readonly StepFailure[]> => {
    const known = await describe(ids);
    const isKnown = !(known instanceof Error);
    const begun = await hooks.begin(ids, isKnown ? known : undefined);
    const outcomes = isKnown
      ? await interfaces.reconcile({
          instanceIds: ids,
          instances: known,
          terminating: begun.ending,
          scalingTroubles: troublesOf(begun.troubles),
        })
      : failAll(ids, known);
    const finished = await hooks.finish(begun.waiting, (id) => readinessOf(outcomes.get(id)));
    for (const { hook, ...decision } of finished.actions)
      telemetry.logger.info('lifecycle hook', { ...decision, hook: hook.hookName });
    for (const outcome of outcomes.values()) count(outcome);
    const failed = [...outcomes].flatMap(([instanceId, outcome]): StepFailure[] =>
      outcome.kind === 'failed' ? [{ instanceId, step: 'interfaces', error: outcome.error }] : [],
    );
    const unoffered = await offerNetworks(outcomes);
    const isUnoffered = new Set(unoffered.map(({ instanceId }) => instanceId));
    const served = new Map([...outcomes].filter(([id]) => !isUnoffered.has(id)));
    const unserved = [
      ...unoffered,
      ...(await labelNodes(served)),
      ...(await takeTaintsOff(served)),
    ];
    return [...begun.troubles, ...failed, ...finished.troubles, ...unserved];
  };

  const report = (failures: readonly StepFailure[]): void => {
    const failed = new Set(failures.map(({ instanceId }) => instanceId));
    if (failed.size > 0) telemetry.count('ReconcilesFailed', failed.size);
    for (const { instanceId, step, error } of failures)
      telemetry.logger.error('reconcile failed', {
        instanceId,
        step,
        error: asError(error).message,
      });
  };

  /** An expected failure is another reconcile later; only when that cannot be asked for does the message come back. */
  const requeue = async (
    id: string,
    failures: readonly StepFailure[],
  ): Promise<Error | undefined> => {
    const own = failures.filter(
      ({ instanceId, step }) => instanceId === id && NEEDS_REQUEUE.includes(step),
    );
    if (own.length === 0) return undefined;
    const seconds = Math.min(...own.map(({ error }) => reporter.secondsUntilRetry(error)));
    return workQueue.requeueAfter(instanceKey(id), seconds).then(() => undefined, asError);
  };

  return {
    async reconcile(instanceIds) {
      const ids = [...new Set(instanceIds)];
      const failures = await reconcileAll(ids);
      report(failures);
      await reporter.tell(failures);
      const results = ids.map(async (id) => [id, await requeue(id, failures)] as const);
      return new Map(await Promise.all(results));
    },
  };
};
