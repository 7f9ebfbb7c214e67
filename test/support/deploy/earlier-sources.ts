import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '#test/support/infra/platform.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import {
  createTemporaryFolder,
  type TemporaryFolder,
} from '#test/support/servers/temporary-folder.ts';

/** The sources as they were at a commit, built with the packages of today. */
export const buildEarlierSources = async (commit: string): Promise<TemporaryFolder> => {
  const folder = createTemporaryFolder('earlier');
  const archive = join(folder.path, 'sources.tar');
  await runOrThrow('git', ['archive', '--output', archive, commit], { cwd: ROOT });
  await runOrThrow('tar', ['--extract', '--file', archive], { cwd: folder.path });
  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  await runOrThrow('npm', ['run', '--silent', 'build'], { cwd: folder.path });
  return folder;
};
