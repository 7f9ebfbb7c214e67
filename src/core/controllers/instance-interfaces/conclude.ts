import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import type { EventPublisher } from '#core/ports/publisher.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { Progress } from './execute/passes.ts';
import type { HostCommands } from './host-commands/controller.ts';
import { recordChanges, stateChanges } from './plan/record-changes.ts';
import {
  eventsFor,
  nodeEnisTouched,
  omittedRows,
  requeueSecondsFor,
  staleHostRows,
  statusChanges,
} from './status.ts';
import { summaryChange } from './summary.ts';

interface Dependencies {
  readonly clock: Clock;
  readonly states: NodeEniStateStore;
  readonly hosts: HostCommands;
  readonly workQueue: WorkQueue;
  readonly publisher: EventPublisher;
}

const MISSING_REQUEUE_SECONDS = 60;

/** When a Node is sought again that an older list did not show, and how often at most. */
const UNSURE_REQUEUE_SECONDS = 5;
const UNSURE_SECONDS = 60;

const allSlots = ({ observed }: Progress) => observed.state?.spec.interfaces ?? {};

/** Ends a reconcile: stores records and rows, has the host told, asks for what follows, publishes what changed. */
export const createConclude = (dependencies: Dependencies) => {
  const { clock, states, hosts, workQueue, publisher } = dependencies;
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
    const summary = summaryChange(plan, observed);
    const isChanged =
      Object.keys(rows).length + dropHost.length > 0 ||
      omitted !== undefined ||
      summary !== undefined;
    if (!plan.isFinished && isChanged)
      await states.patchStatus(observed.instanceId, {
        interfaces: rows,
        dropHost,
        ...(omitted !== undefined && { interfacesOmitted: omitted }),
        ...(summary && { summary }),
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

  return async (progress: Progress): Promise<void> => {
    const { observed } = progress;
    const key = instanceKey(observed.instanceId);
    const records = recordChanges(progress.plan, observed);
    // A node that registers changes what every one of its rows says.
    const named =
      stateChanges(progress.plan, observed)?.nodeName === undefined ? {} : allSlots(progress);
    const written = await writeState(progress);
    if (observed.isNodeUnsure) await askAgain(observed.instanceId);
    const { plan, requeueAfterSeconds } = await hosts.serve(progress.plan, written);
    if (plan.isUndecided) {
      await workQueue.requeueAfter(key, MISSING_REQUEUE_SECONDS);
      return;
    }
    const rows = await writeStatus(plan, written);
    const { answer, voided = {} } = observed;
    const touched = nodeEnisTouched(records, rows, named, answer?.rows ?? {}, voided);
    if (touched.length > 0) await workQueue.hint(touched.map(nodeEniKey));
    const seconds = requeueSecondsFor(plan, written, requeueAfterSeconds);
    if (seconds !== undefined) await workQueue.requeueAfter(key, seconds);
    const events = eventsFor(rows, written);
    if (events.length > 0) await publisher.publish(events);
  };
};
