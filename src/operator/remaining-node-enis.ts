import { CallError, failureOf } from '#core/errors.ts';
import type { NodeEniStore } from '#core/ports/cluster.ts';

/** Without the definitions there are no objects, and without the cluster nobody to ask for any. */
const isNothingThere = (error: unknown): boolean =>
  failureOf(error) === 'NotFound' ||
  (error instanceof CallError && error.code === 'ResourceNotFoundException');

/** Names of all NodeENIs, those that cannot be read included. Rejects with a `CallError` when nobody can tell. */
export const remainingNodeEnis = async (
  store: Pick<NodeEniStore, 'list'>,
): Promise<readonly string[]> => {
  try {
    const { items, invalid } = await store.list();
    return [...items, ...invalid].map(({ metadata }) => metadata.name);
  } catch (error) {
    if (isNothingThere(error)) return [];
    throw error;
  }
};
