import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placeOwnApp } from '#test/support/infra/own-app.ts';
import { ensurePlatform, ROOT } from '#test/support/infra/platform.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';

const PROJECT = [
  'sst.config.ts',
  'stacks',
  'src',
  'functions',
  'dist',
  'node_modules',
  'package.json',
  'tsconfig.json',
];

const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');

const linkPlatform = async (folder: string): Promise<void> =>
  symlink(join(await ensurePlatform(), '.sst'), join(folder, '.sst'));

/** What the package declares is what there is. */
const DECLARED = `
import type * as declared from 'nodeeni/sst';
import type * as ours from './stacks/installation.ts';
type Same<A, B> = [A, B] extends [B, A] ? true : false;
export const args: Same<
  ConstructorParameters<typeof declared.Installation>[1],
  ConstructorParameters<typeof ours.Installation>[1]
> = true;
export const made: Same<declared.Installation, ours.Installation> = true;
export const read: Same<typeof declared.readOptions, typeof ours.readOptions> = true;
`;

it('is what the types of SST and its providers allow', async () => {
  // A checkout need not have `.sst`, so one is put together that has.
  const folder = createTemporaryFolder('types');
  for (const name of PROJECT) await symlink(join(ROOT, name), join(folder.path, name));
  await linkPlatform(folder.path);
  await writeFile(join(folder.path, 'declared.ts'), DECLARED);
  await writeFile(
    join(folder.path, 'tsconfig.all.json'),
    JSON.stringify({
      extends: './stacks/tsconfig.json',
      include: ['sst.config.ts', 'stacks', 'declared.ts'],
      exclude: [],
    }),
  );

  const { stdout, code } = await runCommand(
    tsc,
    ['--noEmit', '--preserveSymlinks', '--project', 'tsconfig.all.json'],
    { cwd: folder.path },
  );

  expect(stdout).toBe('');
  expect(code).toBe(0);
  await folder.remove();
});

/** Every argument with a value, so that an argument that the types lack is a fault. */
const CALLS = `
const { Installation } = await import('nodeeni/sst');
const least = { clusterName: 'blue', vpcIds: ['vpc-1'] };
new Installation('Right', { ...least, webhook: { isOn: false }, namePrefix: 'acme-' });
// @ts-expect-error no such argument
new Installation('Wrong', { ...least, webhok: { isOn: false } });
// @ts-expect-error required
new Installation('Less', { clusterName: 'blue' });
export {};
`;

it('has types for apps of other people, who need none of our sources', async () => {
  const folder = await placeOwnApp();
  await linkPlatform(folder.path);
  await writeFile(join(folder.path, 'calls.ts'), CALLS);
  // What `sst init` leaves to the compiler, and the strictest of what people add.
  const compilerOptions = {
    strict: true,
    module: 'ESNext',
    moduleResolution: 'Bundler',
    target: 'ESNext',
    skipLibCheck: true,
    types: [],
  };
  const files = ['sst.config.ts', 'calls.ts'];
  await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));

  const { stdout, code } = await runCommand(tsc, ['--noEmit', '--preserveSymlinks'], {
    cwd: folder.path,
  });

  expect(stdout).toBe('');
  expect(code).toBe(0);
  await folder.remove();
});
