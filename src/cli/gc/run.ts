import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { FullOperator } from '#operator/create-operator.ts';

export interface GcOptions {
  readonly isDryRun: boolean;
  readonly write: (text: string) => void;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * Marks orphans that are seen for the first time, and collects those that were marked before. Out: true when none of it
 * failed.
 */
export const collectOrphans = async (
  { sweep, instances, stores }: FullOperator,
  { isDryRun, write }: GcOptions,
): Promise<boolean> => {
  const { orphansMarked, orphansCollected } = await sweep.run({ isDryRun });
  const would = isDryRun ? 'would be' : 'is';
  for (const eniId of orphansMarked)
    write(`${eniId} ${would} marked as an orphan; the next run collects it\n`);
  for (const eniId of orphansCollected) write(`${eniId} ${would} collected\n`);
  if (orphansMarked.length + orphansCollected.length === 0) write('There are no orphans.\n');
  if (isDryRun || orphansCollected.length === 0) return true;

  const orphans = await stores.enis.get(orphansCollected);
  const owners = new Set(orphans.flatMap(({ tags }) => tags[TAGS.instance] ?? []));
  await instances.reconcile([...owners]);
  const left = await stores.enis.get(orphansCollected);
  for (const { eniId } of left) write(`${eniId} is still there; run the command again\n`);
  return left.length === 0;
};

/** Deletes ENIs that outlived their instances by wish. Out: true when none of it failed. */
export const collectRetained = async (
  { retained }: FullOperator,
  { isDryRun, write }: GcOptions,
): Promise<boolean> => {
  const found = await retained.find();
  if (found.length === 0) write('There are no retained interfaces.\n');
  let isGood = true;
  for (const eni of found) {
    const what = `${eni.eniId} of ${eni.tags[TAGS.name] ?? 'unknown'} in ${eni.subnetId}`;
    try {
      if (!isDryRun) await retained.delete(eni);
      write(`${what} ${isDryRun ? 'would be' : 'is'} deleted\n`);
    } catch (error) {
      isGood = false;
      write(`${what} cannot be deleted: ${messageOf(error)}\n`);
    }
  }
  return isGood;
};
