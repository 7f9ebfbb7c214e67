import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '#test/support/servers/find-on-path.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

/** In: a folder. Out: a zip of what is in it, as a deployment package has it. Python is there for the emulators anyway. */
export const zipFolder = async (path: string): Promise<Buffer> => {
  const folder = createTemporaryFolder('zip');
  const file = join(folder.path, 'code.zip');
  try {
    const python = findOnPath('python3') ?? 'python3';
    await runOrThrow(python, ['-m', 'zipfile', '-c', file, '.'], { cwd: path });
    return await readFile(file);
  } finally {
    await folder.remove();
  }
};
