import { RETRY_ANNOTATION } from '#core/apis/v1alpha1/names.ts';
import { nodeEniNameOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { Complaint } from '../complaint.ts';

/** What waits on the interfaces of a NodeENI, a line each. */
const waitsOf = async (states: NodeEniStateStore, name: string): Promise<readonly string[]> =>
  (await states.list()).flatMap(({ metadata, spec }) =>
    Object.entries(spec.interfaces ?? {})
      .filter(([slot]) => nodeEniNameOf(slot) === name)
      .flatMap(([slot, { backOffs = {} }]) =>
        Object.entries(backOffs).map(
          ([call, { reason, until }]) =>
            `  ${metadata.name} ${slot}: ${call}, ${reason}, would have waited until ${until}\n`,
        ),
      ),
  );

const annotate = async (kubernetes: KubernetesApi, name: string, value: string): Promise<void> => {
  try {
    await kubernetes.patch(NODE_ENIS, name, {
      type: 'merge',
      body: { metadata: { annotations: { [RETRY_ANNOTATION]: value } } },
    });
  } catch (error) {
    if (!(error instanceof CallError) || error.failure !== 'NotFound') throw error;
    throw new Complaint(`There is no NodeENI "${name}".`);
  }
};

/** Asks for another try of all that waits on a NodeENI, and says what that is. Throws a `Complaint` for one that is not there. */
export const runRetry = async (
  {
    kubernetes,
    states,
    clock,
  }: {
    readonly kubernetes: KubernetesApi;
    readonly states: NodeEniStateStore;
    readonly clock: Clock;
  },
  name: string,
): Promise<string> => {
  const waits = await waitsOf(states, name);
  await annotate(kubernetes, name, clock.now().toISOString());
  return waits.length === 0
    ? `${name}: nothing waits for a refused call; it is reconciled.\n`
    : `${name}: tried again now:\n${waits.join('')}`;
};
