import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensurePlatform, ROOT } from '#test/support/infra/platform.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

const PROJECT = [
  'sst.config.ts',
  'stacks',
  'src',
  'functions',
  'node_modules',
  'package.json',
  'tsconfig.json',
];

it('is what the types of SST and its providers allow', async () => {
  // A checkout need not have `.sst`, so one is put together that has.
  const folder = createTemporaryFolder('types');
  for (const name of PROJECT) await symlink(join(ROOT, name), join(folder.path, name));
  await symlink(join(await ensurePlatform(), '.sst'), join(folder.path, '.sst'));
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');

  const { stdout, code } = await runCommand(
    tsc,
    ['--noEmit', '--preserveSymlinks', '--project', 'stacks'],
    { cwd: folder.path },
  );

  expect(stdout).toBe('');
  expect(code).toBe(0);
  await folder.remove();
});
