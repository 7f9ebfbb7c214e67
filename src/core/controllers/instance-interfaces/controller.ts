import type { Observed } from '#core/instance/observed.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { EventPublisher } from '#core/ports/publisher.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { beginReconcile, type Progress, resumeReconcile, runReconcile } from './execute/passes.ts';
import { createHostCommands, foreseeHost } from './host-commands/controller.ts';
import { assemble, type Snapshot } from './observe/assemble.ts';
import { namesCluster } from './observe/claims.ts';
import {
  createObserver,
  type ReconcileInput,
  type Sources,
  withInvocations,
} from './observe/observer.ts';
import { type InstancePlan, planInstance } from './plan/plan.ts';
import { subnetsAfter } from './plan/subnet-room.ts';
import {
  eventsFor,
  nodeEnisTouched,
  omittedRows,
  recordChanges,
  requeueSecondsFor,
  staleHostRows,
  stateChanges,
  statusChanges,
} from './status.ts';

/** How a reconcile at one instance ended. */
export type ReconcileOutcome =
  | { readonly kind: 'foreign' }
  | {
      readonly kind: 'reconciled';
      readonly plan: InstancePlan;
      readonly observed: Observed;
      readonly calls: number;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface InstanceInterfaces {
  /** Brings the interfaces of these instances in line with the NodeENIs. Never throws; each instance has its outcome. */
  reconcile(input: ReconcileInput): Promise<ReadonlyMap<string, ReconcileOutcome>>;
  /** The plan of one instance, computed and not executed. */
  plan(
    input: ReconcileInput,
  ): Promise<ReadonlyMap<string, { readonly plan: InstancePlan; readonly observed: Observed }>>;
  /** Those instances whose next reconcile would change or write something. */
  findUnsettled(input: ReconcileInput): Promise<readonly string[]>;
}

interface Dependencies extends Sources {
  readonly workQueue: WorkQueue;
  readonly publisher: EventPublisher;
}

/** Waits before EC2 is asked again within one reconcile, so that quick attachments and detachments end in it. */
const CONFIRM_AFTER_MILLISECONDS = [0, 1500];
const MISSING_REQUEUE_SECONDS = 60;

/** When a Node is sought again that an older list did not show, and how often at most. */
const UNSURE_REQUEUE_SECONDS = 5;
const UNSURE_SECONDS = 60;

const isMember = (instance: Instance | undefined, observed: Observed): boolean =>
  observed.node !== undefined ||
  observed.state !== undefined ||
  observed.ours.length > 0 ||
  observed.rivals !== undefined ||
  (instance !== undefined && namesCluster(instance, observed.cluster.name));

/** True when a call of this reconcile takes effect only after a moment, which may be over by now. */
const isMoving = ({ plan, results }: Progress): boolean => {
  const attached = results.filter(({ action, error }) => action.type === 'attach' && !error);
  const slots = new Set(attached.map(({ action }) => action.slot));
  return (
    results.length > 0 &&
    plan.slots.some(
      ({ slot, report }) =>
        ['Attaching', 'Detaching', 'Moving'].includes(report?.reason ?? '') ||
        // What failed after an attachment may have failed because EC2 does not show that.
        (report?.phase === 'Pending' && slots.has(slot)),
    )
  );
};

/** What the instances of one batch are about to take from the subnets they share. */
const comingCreations = ({ plan }: Progress) =>
  plan.slots.flatMap(({ action }) =>
    action?.type === 'create' ? [{ action, subnetId: action.parameters.subnetId }] : [],
  );

const allSlots = ({ observed }: Progress) => observed.state?.spec.interfaces ?? {};

export const createInstanceInterfaces = (dependencies: Dependencies): InstanceInterfaces => {
  const { clock, enis, states, workQueue, publisher } = dependencies;
  const hosts = createHostCommands(dependencies);
  const observe = createObserver(dependencies);
  const askedAgain = new Map<string, number>();

  /** Stores what the state object is to say; the status in the answer is still the one before this reconcile. */
  const writeState = async ({ plan, observed }: Progress): Promise<Observed> => {
    const { instanceId, state } = observed;
    if (plan.isFinished) {
      if (state !== undefined) await states.delete(instanceId);
      return observed;
    }
    const { voided = {} } = observed;
    // First, or a crash before it would let the rows of an earlier start count for this one.
    if (Object.keys(voided).length > 0) await states.patchStatus(instanceId, { host: voided });
    const changes = stateChanges(plan, observed);
    if (changes === undefined) return observed;
    const stored = await states.patchSpec(instanceId, changes);
    // Stored is the record before the answer, which is written after this.
    const { hostCommand } = state?.spec ?? {};
    const spec = { ...stored.spec, ...(hostCommand && { hostCommand }) };
    return { ...observed, state: { ...stored, spec, status: state?.status ?? {} } };
  };

  const writeStatus = async (plan: InstancePlan, observed: Observed) => {
    const rows = statusChanges(plan, observed);
    const dropHost = staleHostRows(plan, observed);
    const omitted = omittedRows(plan, observed);
    const isChanged = Object.keys(rows).length + dropHost.length > 0 || omitted !== undefined;
    if (!plan.isFinished && isChanged)
      await states.patchStatus(observed.instanceId, {
        interfaces: rows,
        dropHost,
        ...(omitted !== undefined && { interfacesOmitted: omitted }),
      });
    return rows;
  };

  /** Once a minute at most: an instance that never gets a Node is not asked about for ever. */
  const askAgain = async (id: string): Promise<void> => {
    const now = clock.now().getTime();
    for (const [other, at] of askedAgain)
      if (now - at >= UNSURE_SECONDS * 1000) askedAgain.delete(other);
    if (askedAgain.has(id)) return;
    askedAgain.set(id, now);
    await workQueue.requeueAfter(instanceKey(id), UNSURE_REQUEUE_SECONDS);
  };

  const conclude = async (progress: Progress): Promise<void> => {
    const { observed } = progress;
    const records = recordChanges(progress.plan, observed);
    // A node that registers changes what every one of its rows says.
    const named =
      stateChanges(progress.plan, observed)?.nodeName === undefined ? {} : allSlots(progress);
    const written = await writeState(progress);
    if (observed.isNodeUnsure) await askAgain(observed.instanceId);
    const { plan, requeueAfterSeconds } = await hosts.serve(progress.plan, written);
    if (plan.isUndecided) {
      await workQueue.requeueAfter(instanceKey(observed.instanceId), MISSING_REQUEUE_SECONDS);
      return;
    }
    const rows = await writeStatus(plan, written);
    const { answer, voided = {} } = observed;
    const touched = nodeEnisTouched(records, rows, named, answer?.rows ?? {}, voided);
    if (touched.length > 0) await workQueue.hint(touched.map(nodeEniKey));
    const seconds = requeueSecondsFor(plan, written, requeueAfterSeconds);
    if (seconds !== undefined)
      await workQueue.requeueAfter(instanceKey(observed.instanceId), seconds);
    const events = eventsFor(rows, written);
    if (events.length > 0) await publisher.publish(events);
  };

  const settle = async (first: ReadonlyMap<string, Progress>, snapshot: Snapshot) => {
    const all = new Map<string, Progress | { readonly error: unknown }>(first);
    const run = async (id: string, begin: () => Progress): Promise<void> => {
      try {
        all.set(id, await runReconcile(begin(), { enis, states }));
      } catch (error) {
        all.set(id, { error });
      }
    };
    await Promise.all([...first].map(([id, progress]) => run(id, () => progress)));

    for (const delay of CONFIRM_AFTER_MILLISECONDS) {
      const moving = [...all].filter((entry): entry is [string, Progress] => {
        const [, progress] = entry;
        return !('error' in progress) && isMoving(progress);
      });
      if (moving.length === 0) break;
      if (delay > 0) await clock.sleep(delay);
      const ours = await enis.listForInstances(moving.map(([id]) => id));
      await Promise.all(
        moving.map(([id, progress]) =>
          run(id, () => resumeReconcile(progress, assemble(id, { ...snapshot, ours }).ours)),
        ),
      );
    }
    return all;
  };

  const outcomeOf = async (
    progress: Progress | { readonly error: unknown },
  ): Promise<ReconcileOutcome> => {
    if ('error' in progress) return { kind: 'failed', error: progress.error };
    try {
      await conclude(progress);
      const { plan, observed, results } = progress;
      return { kind: 'reconciled', plan, observed, calls: results.length };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };

  const reconcileAll = async (
    input: ReconcileInput,
  ): Promise<ReadonlyMap<string, ReconcileOutcome>> => {
    const snapshot = await withInvocations(await observe(input), dependencies);
    const outcomes = new Map<string, ReconcileOutcome>();
    const all = new Map<string, Progress>();
    let { subnets } = snapshot;
    for (const id of input.instanceIds) {
      // What is wrong with one instance's record must not keep the others of the batch.
      try {
        const observed = assemble(id, { ...snapshot, subnets });
        if (isMember(input.instances.get(id), observed)) {
          const progress = beginReconcile(observed);
          all.set(id, progress);
          subnets = subnetsAfter(subnets, comingCreations(progress));
        } else outcomes.set(id, { kind: 'foreign' });
      } catch (error) {
        outcomes.set(id, { kind: 'failed', error });
      }
    }
    const settled = await settle(all, snapshot);
    await Promise.all(
      [...settled].map(async ([id, progress]) => outcomes.set(id, await outcomeOf(progress))),
    );
    return outcomes;
  };

  const differs = (id: string, input: ReconcileInput, snapshot: Snapshot): boolean => {
    const observed = assemble(id, snapshot);
    if (!isMember(input.instances.get(id), observed)) return false;
    const { plan, isUnsettled: isHostUnsettled } = foreseeHost(planInstance(observed), observed);
    return (
      isHostUnsettled ||
      plan.isUndecided ||
      (plan.isFinished && observed.state !== undefined) ||
      plan.slots.some(
        (slot) => slot.action !== undefined || slot.requeueAfterSeconds !== undefined,
      ) ||
      stateChanges(plan, observed) !== undefined ||
      Object.keys(statusChanges(plan, observed)).length > 0 ||
      omittedRows(plan, observed) !== undefined ||
      staleHostRows(plan, observed).length > 0
    );
  };

  /** One that cannot be planned is reconciled, which reports its fault. */
  const isUnsettled = (id: string, input: ReconcileInput, snapshot: Snapshot): boolean => {
    try {
      return differs(id, input, snapshot);
    } catch {
      return true;
    }
  };

  return {
    reconcile: (input) =>
      reconcileAll(input).catch(
        (error: unknown) => new Map(input.instanceIds.map((id) => [id, { kind: 'failed', error }])),
      ),

    async plan(input) {
      const snapshot = await observe(input);
      return new Map(
        input.instanceIds.map((id) => {
          const observed = assemble(id, snapshot);
          return [id, { plan: planInstance(observed), observed }];
        }),
      );
    },

    async findUnsettled(input) {
      const snapshot = await observe(input);
      return input.instanceIds.filter((id) => isUnsettled(id, input, snapshot));
    },
  };
};
