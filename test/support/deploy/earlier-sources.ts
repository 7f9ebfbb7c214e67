import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '#test/support/infra/platform.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import {
  createTemporaryFolder,
  type TemporaryFolder,
} from '#test/support/servers/temporary-folder.ts';

const VERSIONS = ['tag', '--list', 'v*', '--sort=-version:refname', '--merged', 'HEAD'];

/** What people may have deployed before the first version was tagged, with what has changed since. */
const BEFORE_THE_FIRST = '7cf58a6';

/** The last version that is tagged and not this commit itself. */
export const findEarlierVersion = async (): Promise<string> => {
  const git = (...args: readonly string[]) => runOrThrow('git', args, { cwd: ROOT });
  const tags = (await git(...VERSIONS)).split('\n').filter((tag) => tag !== '');
  const here = (await git('tag', '--points-at', 'HEAD')).split('\n');
  return tags.find((tag) => !here.includes(tag)) ?? BEFORE_THE_FIRST;
};

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
