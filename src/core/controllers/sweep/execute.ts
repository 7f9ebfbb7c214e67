import type { Instance, NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { ScalingInstance } from '#core/ports/scaling.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import type { Heartbeats } from '#core/scaling/send-heartbeats.ts';
import type { SweepActions } from './actions.ts';
import { markOf } from './plan.ts';

interface Dependencies {
  readonly enis: NetworkInterfaceProvider;
  readonly workQueue: WorkQueue;
  /** Sends the heartbeats of those that wait for one of our launch hooks. */
  readonly keepAlive: (
    members: readonly ScalingInstance[],
    instances: ReadonlyMap<string, Instance>,
  ) => Promise<Heartbeats>;
}

/** One that cannot be marked, full of tags perhaps, does not keep the others; its error is thrown at the end. */
const markAll = async (
  orphans: readonly NetworkInterface[],
  now: Date,
  enis: NetworkInterfaceProvider,
): Promise<void> => {
  const errors: unknown[] = [];
  for (const eni of orphans)
    await enis
      .setTags(eni.eniId, markOf(eni, now), { why: 'the sweep found nobody that it belongs to' })
      .catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
};

/** Asks for the reconciles, sends heartbeats meanwhile, and marks new orphans last. Out: what came of the heartbeats. */
export const executeSweep = async (
  { hintInstances, hintNodeEnis, keepAlive, mark }: SweepActions,
  { instances, now }: { readonly instances: ReadonlyMap<string, Instance>; readonly now: Date },
  dependencies: Dependencies,
): Promise<Heartbeats> => {
  const [heartbeats] = await Promise.all([
    dependencies.keepAlive(keepAlive, instances),
    dependencies.workQueue.hint([
      ...hintInstances.map(instanceKey),
      ...hintNodeEnis.map(nodeEniKey),
    ]),
  ]);
  await markAll(mark, now, dependencies.enis);
  return heartbeats;
};
