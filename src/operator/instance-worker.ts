import type {
  InstanceInterfaces,
  LookOutcome,
} from '#core/controllers/instance-interfaces/controller.ts';
import { readinessOf } from '#core/controllers/instance-interfaces/readiness.ts';
import {
  type LifecycleHooks,
  terminatingAmong,
} from '#core/controllers/lifecycle-hooks/controller.ts';
import type { StartupTaint } from '#core/controllers/startup-taint/controller.ts';
import { CallError } from '#core/errors.ts';
import type { Instance, InstanceProvider } from '#core/ports/cloud.ts';
import { instanceKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { Telemetry } from './telemetry.ts';

interface Dependencies {
  readonly instances: InstanceProvider;
  readonly interfaces: InstanceInterfaces;
  readonly hooks: LifecycleHooks;
  readonly startupTaint: StartupTaint;
  readonly workQueue: WorkQueue;
  readonly telemetry: Telemetry;
}

/** Looks at a whole batch of instances: what one describe can answer for all is asked once. */
export interface InstanceWorker {
  /** The error of an instance whose next look could not even be asked for; undefined for all others. */
  reconcile(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Error | undefined>>;
}

const RETRY_SECONDS = 30;

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

export const createInstanceWorker = (dependencies: Dependencies): InstanceWorker => {
  const { instances, interfaces, hooks, startupTaint, workQueue, telemetry } = dependencies;

  const failAll = (ids: readonly string[], error: unknown): ReadonlyMap<string, LookOutcome> =>
    new Map(ids.map((id) => [id, { kind: 'failed', error }]));

  const describe = (ids: readonly string[]): Promise<ReadonlyMap<string, Instance> | Error> =>
    instances.get(ids).catch(asError);

  const look = async (ids: readonly string[]): Promise<ReadonlyMap<string, LookOutcome>> => {
    const known = await describe(ids);
    const isKnown = !(known instanceof Error);
    const waiting = await hooks.begin(ids, isKnown ? known : undefined);
    const outcomes = isKnown
      ? await interfaces.reconcile({
          instanceIds: ids,
          instances: known,
          terminating: terminatingAmong(waiting),
        })
      : failAll(ids, known);
    const decisions = await hooks.finish(waiting, (id) => readinessOf(outcomes.get(id)));
    for (const { hook, ...decision } of decisions)
      telemetry.logger.info('lifecycle hook', { ...decision, hook: hook.hookName });
    for (const outcome of outcomes.values())
      if (outcome.kind === 'looked')
        await startupTaint.reconcile(outcome.observed.node, readinessOf(outcome));
    return outcomes;
  };

  const report = (id: string, outcome: LookOutcome): void => {
    if (outcome.kind === 'foreign') telemetry.count('ForeignInstances');
    if (outcome.kind === 'looked') telemetry.count('InterfaceCalls', outcome.calls);
    if (outcome.kind !== 'failed') return;
    telemetry.count('LooksFailed');
    telemetry.logger.error('look failed', {
      instanceId: id,
      error: asError(outcome.error).message,
    });
  };

  /** An expected failure is another look later; only when that cannot be asked for does the message come back. */
  const requeue = async (
    id: string,
    outcome: LookOutcome | undefined,
  ): Promise<Error | undefined> => {
    if (outcome?.kind !== 'failed') return undefined;
    const { error } = outcome;
    const seconds = error instanceof CallError ? error.retryAfterSeconds : RETRY_SECONDS;
    return workQueue.lookAgain(instanceKey(id), seconds).then(() => undefined, asError);
  };

  return {
    async reconcile(instanceIds) {
      const ids = [...new Set(instanceIds)];
      const outcomes = await look(ids).catch((error: unknown) => failAll(ids, error));
      for (const [id, outcome] of outcomes) report(id, outcome);
      const results = ids.map(async (id) => [id, await requeue(id, outcomes.get(id))] as const);
      return new Map(await Promise.all(results));
    },
  };
};
