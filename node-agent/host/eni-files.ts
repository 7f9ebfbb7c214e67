import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn, readText, replaceFile } from './files.ts';

/** Files of ours in a folder of a manager of links, one for each ENI. */
export interface EniFiles {
  /** The ENIs that have one. */
  eniIds(): Promise<readonly string[]>;
  /** Writes one and has the manager take it up; it is away again when that fails, and the error is thrown on. */
  write(eniId: string, text: string, takeUp: () => Promise<unknown>): Promise<void>;
  /** Gone already is fine. */
  remove(eniId: string): Promise<void>;
}

export const createEniFiles = ({
  folder,
  prefix,
  suffix,
}: {
  readonly folder: string;
  readonly prefix: string;
  readonly suffix: string;
}): EniFiles => {
  const pathOf = (eniId: string) => join(folder, `${prefix}${eniId}${suffix}`);
  const remove = (eniId: string) => rm(pathOf(eniId), { force: true });

  return {
    remove,
    async eniIds() {
      const names = await namesIn(folder);
      return names
        .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
        .map((name) => name.slice(prefix.length, -suffix.length));
    },
    async write(eniId, text, takeUp) {
      await replaceFile(pathOf(eniId), text);
      try {
        await takeUp();
      } catch (error) {
        await remove(eniId);
        throw error;
      }
    },
  };
};

/**
 * The indexes of the links of which a manager keeps a state file and says that it manages them; undefined where it keeps none:
 * then it does not run.
 */
export const managedIndexes = async (
  folder: string,
  isManaged: (state: string) => boolean,
): Promise<readonly number[] | undefined> => {
  const indexes = await namesIn(folder);
  if (indexes.length === 0) return undefined;
  const managed = await Promise.all(
    indexes.map(async (index) => isManaged((await readText(join(folder, index))) ?? '')),
  );
  return indexes.filter((_, at) => managed[at]).map(Number);
};
