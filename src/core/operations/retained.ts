import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { ignoreNotFound } from '#core/errors.ts';
import type {
  InstanceProvider,
  NetworkInterface,
  NetworkInterfaceProvider,
} from '#core/ports/cloud.ts';
import { instanceKey, type WorkQueue } from '#core/ports/work-queue.ts';

/** ENIs that outlived their instances because their NodeENI says deleteOnTermination: false. */
export interface Retained {
  find(): Promise<readonly NetworkInterface[]>;
  /** Deletes one; its record goes with the next reconcile at its instance. Gone already is fine. */
  delete(eni: NetworkInterface): Promise<void>;
}

interface Dependencies {
  readonly enis: NetworkInterfaceProvider;
  readonly instances: Pick<InstanceProvider, 'get'>;
  readonly workQueue: WorkQueue;
}

/** None when somebody has taken the tag off. */
const instanceIdsOf = ({ tags }: NetworkInterface): string[] => [tags[TAGS.instance] ?? []].flat();

export const createRetained = ({ enis, instances, workQueue }: Dependencies): Retained => ({
  async find() {
    const loose = (await enis.list()).filter(
      ({ status, attachment }) => status === 'available' && attachment === undefined,
    );
    const known = await instances.get([...new Set(loose.flatMap(instanceIdsOf))]);
    const isThere = (instanceId: string): boolean =>
      (known.get(instanceId)?.state ?? 'terminated') !== 'terminated';
    return loose.filter((eni) => !instanceIdsOf(eni).some(isThere));
  },

  async delete(eni) {
    await ignoreNotFound(enis.delete(eni.eniId, { why: 'asked for by nodeeni gc --retained' }));
    await workQueue.hint(instanceIdsOf(eni).map(instanceKey));
  },
});
