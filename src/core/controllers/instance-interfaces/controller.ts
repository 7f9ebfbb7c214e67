import type { Observed } from '#core/instance/observed.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { EventPublisher } from '#core/ports/publisher.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { beginLook, type Look, resumeLook, runLook } from './execute/passes.ts';
import { createHostCommands, foreseeHost } from './host-commands/controller.ts';
import { assemble, type Readings } from './observe/assemble.ts';
import { namesCluster } from './observe/claims.ts';
import { createObserver, type Given, type Sources, withInvocations } from './observe/observer.ts';
import { type InstancePlan, planInstance } from './plan/plan.ts';
import { subnetsAfter } from './plan/subnet-room.ts';
import {
  eventsFor,
  nextLookSeconds,
  nodeEnisTouched,
  omittedRows,
  recordChanges,
  staleHostRows,
  stateChanges,
  statusChanges,
} from './status.ts';

/** How a look at one instance ended. */
export type LookOutcome =
  | { readonly kind: 'foreign' }
  | {
      readonly kind: 'looked';
      readonly plan: InstancePlan;
      readonly observed: Observed;
      readonly calls: number;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface InstanceInterfaces {
  /** Brings the interfaces of these instances in line with the NodeENIs. Never throws; each instance has its outcome. */
  reconcile(given: Given): Promise<ReadonlyMap<string, LookOutcome>>;
  /** The plan of one instance, computed and not executed. */
  plan(
    given: Given,
  ): Promise<ReadonlyMap<string, { readonly plan: InstancePlan; readonly observed: Observed }>>;
  /** Those instances whose next look would change or write something. */
  findUnsettled(given: Given): Promise<readonly string[]>;
}

interface Dependencies extends Sources {
  readonly workQueue: WorkQueue;
  readonly publisher: EventPublisher;
}

/** Waits before EC2 is asked again within one look, so that quick attachments and detachments end in it. */
const CONFIRM_AFTER_MILLISECONDS = [0, 1500];
const MISSING_LOOK_SECONDS = 60;

/** When a Node is sought again that an older list did not show, and how often at most. */
const UNSURE_LOOK_SECONDS = 5;
const UNSURE_SECONDS = 60;

const isMember = (instance: Instance | undefined, observed: Observed): boolean =>
  observed.node !== undefined ||
  observed.state !== undefined ||
  observed.ours.length > 0 ||
  observed.rivals !== undefined ||
  (instance !== undefined && namesCluster(instance, observed.cluster.name));

/** True when a call of this look takes effect only after a moment, which may be over by now. */
const isMoving = ({ plan, results }: Look): boolean => {
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
const comingCreations = ({ plan }: Look) =>
  plan.slots.flatMap(({ action }) =>
    action?.type === 'create' ? [{ action, subnetId: action.parameters.subnetId }] : [],
  );

const allSlots = ({ observed }: Look) => observed.state?.spec.interfaces ?? {};

export const createInstanceInterfaces = (dependencies: Dependencies): InstanceInterfaces => {
  const { clock, enis, states, workQueue, publisher } = dependencies;
  const hosts = createHostCommands(dependencies);
  const observe = createObserver(dependencies);
  const askedAgain = new Map<string, number>();

  /** Stores what the state object is to say; the status in the answer is still the one before this look. */
  const writeState = async ({ plan, observed }: Look): Promise<Observed> => {
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
    await workQueue.lookAgain(instanceKey(id), UNSURE_LOOK_SECONDS);
  };

  const conclude = async (look: Look): Promise<void> => {
    const { observed } = look;
    const records = recordChanges(look.plan, observed);
    // A node that registers changes what every one of its rows says.
    const named = stateChanges(look.plan, observed)?.nodeName === undefined ? {} : allSlots(look);
    const written = await writeState(look);
    if (observed.isNodeUnsure) await askAgain(observed.instanceId);
    const { plan, lookAgainSeconds } = await hosts.serve(look.plan, written);
    if (plan.isUndecided) {
      await workQueue.lookAgain(instanceKey(observed.instanceId), MISSING_LOOK_SECONDS);
      return;
    }
    const rows = await writeStatus(plan, written);
    const { answer, voided = {} } = observed;
    const touched = nodeEnisTouched(records, rows, named, answer?.rows ?? {}, voided);
    if (touched.length > 0) await workQueue.hint(touched.map(nodeEniKey));
    const seconds = nextLookSeconds(plan, written, lookAgainSeconds);
    if (seconds !== undefined) await workQueue.lookAgain(instanceKey(observed.instanceId), seconds);
    const events = eventsFor(rows, written);
    if (events.length > 0) await publisher.publish(events);
  };

  const settle = async (first: ReadonlyMap<string, Look>, readings: Readings) => {
    const looks = new Map<string, Look | { readonly error: unknown }>(first);
    const run = async (id: string, begin: () => Look): Promise<void> => {
      try {
        looks.set(id, await runLook(begin(), { enis, states }));
      } catch (error) {
        looks.set(id, { error });
      }
    };
    await Promise.all([...first].map(([id, look]) => run(id, () => look)));

    for (const delay of CONFIRM_AFTER_MILLISECONDS) {
      const moving = [...looks].filter((entry): entry is [string, Look] => {
        const [, look] = entry;
        return !('error' in look) && isMoving(look);
      });
      if (moving.length === 0) break;
      if (delay > 0) await clock.sleep(delay);
      const ours = await enis.listForInstances(moving.map(([id]) => id));
      await Promise.all(
        moving.map(([id, look]) =>
          run(id, () => resumeLook(look, assemble(id, { ...readings, ours }).ours)),
        ),
      );
    }
    return looks;
  };

  const outcomeOf = async (look: Look | { readonly error: unknown }): Promise<LookOutcome> => {
    if ('error' in look) return { kind: 'failed', error: look.error };
    try {
      await conclude(look);
      const { plan, observed, results } = look;
      return { kind: 'looked', plan, observed, calls: results.length };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };

  const reconcileAll = async (given: Given): Promise<ReadonlyMap<string, LookOutcome>> => {
    const readings = await withInvocations(await observe(given), dependencies);
    const outcomes = new Map<string, LookOutcome>();
    const looks = new Map<string, Look>();
    let { subnets } = readings;
    for (const id of given.instanceIds) {
      // What is wrong with one instance's record must not keep the others of the batch.
      try {
        const observed = assemble(id, { ...readings, subnets });
        if (isMember(given.instances.get(id), observed)) {
          const look = beginLook(observed);
          looks.set(id, look);
          subnets = subnetsAfter(subnets, comingCreations(look));
        } else outcomes.set(id, { kind: 'foreign' });
      } catch (error) {
        outcomes.set(id, { kind: 'failed', error });
      }
    }
    const settled = await settle(looks, readings);
    await Promise.all(
      [...settled].map(async ([id, look]) => outcomes.set(id, await outcomeOf(look))),
    );
    return outcomes;
  };

  const differs = (id: string, given: Given, readings: Readings): boolean => {
    const observed = assemble(id, readings);
    if (!isMember(given.instances.get(id), observed)) return false;
    const { plan, isUnsettled: isHostUnsettled } = foreseeHost(planInstance(observed), observed);
    return (
      isHostUnsettled ||
      plan.isUndecided ||
      (plan.isFinished && observed.state !== undefined) ||
      plan.slots.some((slot) => slot.action !== undefined || slot.lookAgainSeconds !== undefined) ||
      stateChanges(plan, observed) !== undefined ||
      Object.keys(statusChanges(plan, observed)).length > 0 ||
      omittedRows(plan, observed) !== undefined ||
      staleHostRows(plan, observed).length > 0
    );
  };

  /** One that cannot be planned is looked at, where its fault is told. */
  const isUnsettled = (id: string, given: Given, readings: Readings): boolean => {
    try {
      return differs(id, given, readings);
    } catch {
      return true;
    }
  };

  return {
    reconcile: (given) =>
      reconcileAll(given).catch(
        (error: unknown) => new Map(given.instanceIds.map((id) => [id, { kind: 'failed', error }])),
      ),

    async plan(given) {
      const readings = await observe(given);
      return new Map(
        given.instanceIds.map((id) => {
          const observed = assemble(id, readings);
          return [id, { plan: planInstance(observed), observed }];
        }),
      );
    },

    async findUnsettled(given) {
      const readings = await observe(given);
      return given.instanceIds.filter((id) => isUnsettled(id, given, readings));
    },
  };
};
