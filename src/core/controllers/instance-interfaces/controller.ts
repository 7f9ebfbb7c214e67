import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { Instance } from '#core/ports/cloud.ts';
import type { EventPublisher } from '#core/ports/publisher.ts';
import type { WorkQueue } from '#core/ports/work-queue.ts';
import { createConclude } from './conclude.ts';
import { beginReconcile, type Progress } from './execute/passes.ts';
import { type Settled, settle } from './execute/settle.ts';
import { createHostCommands } from './host-commands/controller.ts';
import { assemble } from './observe/assemble.ts';
import { namesCluster } from './observe/claims.ts';
import {
  createObserver,
  type ReconcileInput,
  type Sources,
  withInvocations,
} from './observe/observer.ts';
import type { Snapshot } from './observe/snapshot.ts';
import { planInstance } from './plan/plan.ts';
import { subnetsAfter } from './plan/subnet-room.ts';
import { isUnsettled, type NodeJudges } from './unsettled.ts';

/** How the reconcile of one instance ended. */
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

interface Dependencies extends Sources, NodeJudges {
  readonly workQueue: WorkQueue;
  readonly publisher: EventPublisher;
}

const isMember = (instance: Instance | undefined, observed: Observed): boolean =>
  observed.node !== undefined ||
  observed.state !== undefined ||
  observed.ours.length > 0 ||
  observed.rivals !== undefined ||
  (instance !== undefined && namesCluster(instance, observed.cluster.name));

/** What the instances of one batch are about to take from the subnets they share. */
const comingCreations = ({ plan }: Progress) =>
  plan.slots.flatMap(({ action }) =>
    action?.type === 'create' ? [{ action, subnetId: action.parameters.subnetId }] : [],
  );

export const createInstanceInterfaces = (dependencies: Dependencies): InstanceInterfaces => {
  const observe = createObserver(dependencies);
  const hosts = createHostCommands(dependencies);
  const conclude = createConclude({ ...dependencies, hosts });

  /** First plans, one after the other, so that none takes the subnet's last addresses from another. */
  const begin = ({ instanceIds, instances }: ReconcileInput, snapshot: Snapshot) => {
    const outcomes = new Map<string, ReconcileOutcome>();
    const begun = new Map<string, Progress>();
    let { subnets } = snapshot;
    for (const id of instanceIds) {
      // What is wrong with one instance's record must not keep the others of the batch.
      try {
        const observed = assemble(id, { ...snapshot, subnets });
        if (isMember(instances.get(id), observed)) {
          const progress = beginReconcile(observed);
          begun.set(id, progress);
          subnets = subnetsAfter(subnets, comingCreations(progress));
        } else outcomes.set(id, { kind: 'foreign' });
      } catch (error) {
        outcomes.set(id, { kind: 'failed', error });
      }
    }
    return { outcomes, begun };
  };

  const end = async (settled: Settled): Promise<ReconcileOutcome> => {
    if ('error' in settled) return { kind: 'failed', error: settled.error };
    try {
      await conclude(settled);
      const { plan, observed, results } = settled;
      return { kind: 'reconciled', plan, observed, calls: results.length };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };

  const reconcileAll = async (
    input: ReconcileInput,
  ): Promise<ReadonlyMap<string, ReconcileOutcome>> => {
    const snapshot = await withInvocations(await observe(input), dependencies);
    const { outcomes, begun } = begin(input, snapshot);
    const oursAmong = (id: string, ours: Observed['ours']) =>
      assemble(id, { ...snapshot, ours }).ours;
    const settled = await settle(begun, oursAmong, dependencies);
    await Promise.all([...settled].map(async ([id, one]) => outcomes.set(id, await end(one))));
    return outcomes;
  };

  /** One that cannot be planned is reconciled, which reports its fault. */
  const needsReconcile = (id: string, { instances }: ReconcileInput, snapshot: Snapshot) => {
    try {
      const observed = assemble(id, snapshot);
      return isMember(instances.get(id), observed) && isUnsettled(observed, dependencies);
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
      return input.instanceIds.filter((id) => needsReconcile(id, input, snapshot));
    },
  };
};
