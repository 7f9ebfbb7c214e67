import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { ROOT } from './platform.ts';

const CONFIG = join(ROOT, 'test', 'fixtures', 'own-app', 'sst.config.ts');

/** The VPC that the app names. */
const VPC_ID = 'vpc-0123456789abcdef0';

/**
 * Puts somebody's app into a folder of its own, with this package among its modules. To be removed afterwards. In: the VPCs of its
 * clusters, where they are to be there.
 */
export const placeOwnApp = async (vpcIds: readonly string[] = [VPC_ID]) => {
  const folder = createTemporaryFolder('own-app');
  const config = await readFile(CONFIG, 'utf8');
  await writeFile(
    join(folder.path, 'sst.config.ts'),
    config.replace(`['${VPC_ID}']`, JSON.stringify(vpcIds)),
  );
  await mkdir(join(folder.path, 'node_modules'));
  await symlink(ROOT, join(folder.path, 'node_modules', 'nodeeni'));
  return folder;
};
