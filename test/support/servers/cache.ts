import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The cache lives outside the checkout, so that a second clone does not build everything again. */
const cacheRoot = (): string =>
  process.env.NODEENI_CACHE ?? join(homedir(), '.cache', 'nodeeni', 'e2e');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const takeLock = async (lock: string): Promise<boolean> => {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    // A builder that was killed cannot remove its lock; without this every later run would hang.
    const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
    return false;
  }
};

/**
 * Makes a slow file or folder once per machine. In: its name below the cache root and how to make
 * it at a temporary path. Out: its final path. It appears there by a rename, so an interrupted
 * build is never taken for a finished one, and test files that start together share one build.
 */
export const cached = async (
  name: string,
  build: (temporary: string) => Promise<void>,
): Promise<string> => {
  const path = join(cacheRoot(), name);
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  while (!existsSync(path)) {
    if (!(await takeLock(lock))) {
      await sleep(200);
      continue;
    }
    const temporary = `${path}.building`;
    try {
      // Somebody else may have finished between the reconcile and the lock.
      if (existsSync(path)) break;
      await rm(temporary, { recursive: true, force: true });
      await build(temporary);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { recursive: true, force: true });
      await rm(lock, { force: true });
    }
  }
  return path;
};

/** One line a phase, straight to the terminal: the first run is minutes long and must not look hung. */
export const reportProgress = (line: string): void => {
  process.stderr.write(`e2e: ${line}\n`);
};
