import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { RollUp } from '#core/controllers/roll-up/controller.ts';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NodeEniStore } from '#core/ports/cluster.ts';
import type { Recorder } from '#core/ports/telemetry.ts';
import { namespaceIn, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { secondsToRetry } from '#core/retry-time.ts';

export interface NodeEniWorker {
  /**
   * In: names of NodeENIs, and ids of namespaces. Out: the error of one whose next reconcile could not even be asked for;
   * undefined for all others.
   */
  reconcile(ids: readonly string[]): Promise<ReadonlyMap<string, Error | undefined>>;
}

const RETRY_SECONDS = 30;

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

/** True for a NodeENI whose network may begin or end in this namespace. */
const concerns = ({ spec: { podNetwork } }: NodeEni, namespace: string): boolean =>
  podNetwork !== undefined &&
  (podNetwork.namespaceSelector !== undefined ||
    podNetwork.namespaces?.includes(namespace) === true);

/** Rolls up a batch of NodeENIs, and asks for those that are networks in a namespace that changed; what fails is requeued. */
export const createNodeEniWorker = ({
  clock,
  rollUp,
  nodeEnis,
  workQueue,
  telemetry,
}: {
  readonly clock: Clock;
  readonly nodeEnis: Pick<NodeEniStore, 'list'>;
  readonly rollUp: RollUp;
  readonly workQueue: WorkQueue;
  readonly telemetry: Recorder;
}): NodeEniWorker => {
  const requeue = (name: string, error: unknown): Promise<Error | undefined> => {
    telemetry.count('RollUpsFailed');
    telemetry.logger.error('roll-up failed', { nodeEni: name, error: asError(error).message });
    const wait = error instanceof CallError ? error.retryAfterSeconds : RETRY_SECONDS;
    const seconds = secondsToRetry(wait, clock.now());
    return workQueue.requeueAfter(nodeEniKey(name), seconds).then(() => undefined, asError);
  };

  const rollUpAll = async (names: readonly string[]) => {
    const outcomes = await rollUp
      .reconcile(names)
      .catch((error: unknown) => new Map(names.map((name) => [name, error] as const)));
    const results = names.map(async (name) => {
      const error = outcomes.get(name);
      return [name, error === undefined ? undefined : await requeue(name, error)] as const;
    });
    return Promise.all(results);
  };

  /** One list for all of them. A change that is not passed on comes back with its message. */
  const passOn = async (namespaces: ReadonlyMap<string, string>) => {
    const failed = await nodeEnis
      .list()
      .then(({ items }) => {
        const found = items.filter((nodeEni) =>
          [...namespaces.values()].some((namespace) => concerns(nodeEni, namespace)),
        );
        return workQueue.hint(found.map(({ metadata }) => nodeEniKey(metadata.name)));
      })
      .then(() => undefined, asError);
    return [...namespaces.keys()].map((id) => [id, failed] as const);
  };

  return {
    async reconcile(ids) {
      const unique = [...new Set(ids)];
      const namespaces = new Map(
        unique.flatMap((id) => {
          const name = namespaceIn(id);
          return name === undefined ? [] : [[id, name] as const];
        }),
      );
      const names = unique.filter((id) => !namespaces.has(id));
      return new Map([
        ...(names.length > 0 ? await rollUpAll(names) : []),
        ...(namespaces.size > 0 ? await passOn(namespaces) : []),
      ]);
    },
  };
};
