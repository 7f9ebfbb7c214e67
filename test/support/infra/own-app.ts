import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { ROOT } from './platform.ts';

const CONFIG = join(ROOT, 'test', 'fixtures', 'own-app', 'sst.config.ts');

/** Puts somebody's app into a folder of its own, with this package among its modules. To be removed afterwards. */
export const placeOwnApp = async () => {
  const folder = createTemporaryFolder('own-app');
  await copyFile(CONFIG, join(folder.path, 'sst.config.ts'));
  await mkdir(join(folder.path, 'node_modules'));
  await symlink(ROOT, join(folder.path, 'node_modules', 'nodeeni'));
  return folder;
};
