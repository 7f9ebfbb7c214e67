import {
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** True for the error of a call on a path that is not there. */
export const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ESRCH', 'ENODEV'].includes(codeOf(error));

/** The outcome of reading a process that may be somebody else's, or `otherwise` where it may not be read. */
export const ifAllowed = async <T>(reading: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await reading;
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error))) return otherwise;
    throw error;
  }
};

/** The outcome of a call on a path, or undefined when it is not there. */
export const orUndefined = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** The text of a file; undefined when it is not there. */
export const readText = (path: string): Promise<string | undefined> =>
  orUndefined(readFile(path, 'utf8'));

/**
 * Opens a folder and lends it: by the path that is given to `use`, just this folder is reached, also when another one has
 * taken its name since, and nothing when it was removed. The inode is a number that in sysfs no other folder has had
 * since the boot. Rejects when there is no such folder.
 */
export const inFolder = async <T>(
  path: string,
  use: (folder: string, inode: string) => Promise<T>,
): Promise<T> => {
  const handle = await open(path);
  try {
    const { ino } = await handle.stat();
    return await use(`/proc/${process.pid}/fd/${handle.fd}`, ino.toString());
  } finally {
    await handle.close();
  }
};

/** The names in a folder; none when it is not there. */
export const namesIn = async (path: string): Promise<readonly string[]> =>
  (await orUndefined(readdir(path))) ?? [];

/** The last part of what a link points at; undefined when there is no such link. */
export const linkName = async (path: string): Promise<string | undefined> => {
  const target = await orUndefined(readlink(path));
  return target === undefined ? undefined : basename(target);
};

const NEW_FILE_MODE = 0o644;
const PERMISSION_BITS = 0o777;

/** Writes a file so that a reader, or a crash, finds the whole old text or the whole new one. Its mode stays. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const target = (await orUndefined(realpath(path))) ?? path;
  const mode = (await orUndefined(stat(target)))?.mode ?? NEW_FILE_MODE;
  // In the same folder: a rename is atomic only within one file system.
  const draft = `${target}.nodeeni-${process.pid}`;
  try {
    const file = await open(draft, 'w', mode & PERMISSION_BITS);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};
