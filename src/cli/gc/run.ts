import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SweepReport } from '#core/controllers/sweep/controller.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import type { FullOperator } from '#operator/create-operator.ts';
import { messageOf } from '../complaint.ts';

export interface GcOptions {
  readonly isDryRun: boolean;
  readonly write: (text: string) => void;
}

type Write = GcOptions['write'];

const tellOrphans = (
  { orphansMarked, orphansCollected }: SweepReport,
  { isDryRun, write }: GcOptions,
): void => {
  const would = isDryRun ? 'would be' : 'is';
  for (const eniId of orphansMarked)
    write(`${eniId} ${would} marked as an orphan; the next run collects it\n`);
  for (const eniId of orphansCollected) write(`${eniId} ${would} collected\n`);
};

/** Lists what a run would do. Out: true when there is anything. */
export const listOrphans = async ({ sweep }: FullOperator, write: Write): Promise<boolean> => {
  const found = await sweep.run({ isDryRun: true });
  tellOrphans(found, { isDryRun: true, write });
  return found.orphansMarked.length + found.orphansCollected.length > 0;
};

/**
 * Marks orphans that are seen for the first time, and collects those that were marked before. Out: true when none of it
 * failed.
 */
export const collectOrphans = async (
  { sweep, instances, stores }: FullOperator,
  options: GcOptions,
): Promise<boolean> => {
  const { isDryRun, write } = options;
  const found = await sweep.run({ isDryRun, isWhole: true });
  const { orphansMarked, orphansCollected } = found;
  tellOrphans(found, options);
  if (orphansMarked.length + orphansCollected.length === 0) write('There are no orphans.\n');
  if (isDryRun || orphansCollected.length === 0) return true;

  const orphans = await stores.enis.get(orphansCollected);
  const owners = new Set(orphans.flatMap(({ tags }) => tags[TAGS.instance] ?? []));
  await instances.reconcile([...owners]);
  const left = await stores.enis.get(orphansCollected);
  for (const { eniId } of left) write(`${eniId} is still there; run the command again\n`);
  return left.length === 0;
};

const inWords = ({ eniId, tags, subnetId }: NetworkInterface): string =>
  `${eniId} of ${tags[TAGS.name] ?? 'unknown'} in ${subnetId}`;

/** Lists what would be deleted. Out: true when there is anything. */
export const listRetained = async ({ retained }: FullOperator, write: Write): Promise<boolean> => {
  const found = await retained.find();
  for (const eni of found) write(`${inWords(eni)} would be deleted\n`);
  return found.length > 0;
};

/** Deletes ENIs that outlived their instances on request. Out: true when none of it failed. */
export const collectRetained = async (
  { retained }: FullOperator,
  { isDryRun, write }: GcOptions,
): Promise<boolean> => {
  const found = await retained.find();
  if (found.length === 0) write('There are no retained interfaces.\n');
  let isGood = true;
  for (const eni of found) {
    const what = inWords(eni);
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
