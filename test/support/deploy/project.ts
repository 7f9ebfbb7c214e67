import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePlatform, ROOT } from '#test/support/infra/platform.ts';
import {
  createTemporaryFolder,
  type TemporaryFolder,
} from '#test/support/servers/temporary-folder.ts';

/** What a checkout has when `npm run build` is done. */
const CHECKOUT = [
  'dist',
  'functions',
  'node-agent',
  'node_modules',
  'package.json',
  'src',
  'sst.config.ts',
  'stacks',
  'tsconfig.json',
];

/**
 * A checkout of its own to deploy from, with SST's sources as `sst install` leaves them. In: where the sources and what was
 * built of them are.
 */
export const createProject = async (sources: string = ROOT): Promise<TemporaryFolder> => {
  const folder = createTemporaryFolder('project');
  for (const name of CHECKOUT)
    if (existsSync(join(sources, name)))
      await symlink(join(sources, name), join(folder.path, name));
  const source = join(await ensurePlatform(), '.sst');
  const modules = join(source, 'platform', 'node_modules');
  await mkdir(join(folder.path, '.sst'));
  await cp(source, join(folder.path, '.sst'), {
    recursive: true,
    filter: (path) => path !== modules,
  });
  await symlink(modules, join(folder.path, '.sst', 'platform', 'node_modules'));
  return folder;
};

/** Writes the options of the next deploy from there. */
export const writeOptions = (project: string, options: object): Promise<void> =>
  writeFile(join(project, 'nodeeni.json'), JSON.stringify(options));
