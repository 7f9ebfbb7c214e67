import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TemporaryFolder = { readonly path: string; readonly remove: () => Promise<void> };

/**
 * A folder of a server's own. In: the server's name. Out: its path and how to remove it. A test run
 * that is interrupted never gets to remove it, so it goes with the process at the latest.
 */
export const createTemporaryFolder = (name: string): TemporaryFolder => {
  const path = mkdtempSync(join(tmpdir(), `nodeeni-${name}-`));
  const removeNow = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', removeNow);
  const remove = async (): Promise<void> => {
    process.off('exit', removeNow);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  return { path, remove };
};
