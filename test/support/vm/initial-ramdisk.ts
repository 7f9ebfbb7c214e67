import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { FIRST_MODULES, guestFile } from './recipe.ts';
import { listModules, modulesFor } from './tree.ts';

export interface RamdiskSources {
  readonly tree: string;
  readonly version: string;
  /** Where it is put together. */
  readonly scratch: string;
}

/** The initial ramdisk: busybox, the modules it takes to see the tree, and the first two programs of the guest. */
export const makeInitialRamdisk = async (
  { tree, version, scratch }: RamdiskSources,
  output: string,
): Promise<void> => {
  const modules = join('usr/lib/modules', version);
  for (const folder of ['bin', 'proc', 'sys', 'dev', modules])
    await mkdir(join(scratch, folder), { recursive: true });
  await copyFile(join(tree, 'bin/busybox'), join(scratch, 'bin/busybox'));
  for (const name of FIRST_MODULES)
    for (const file of await modulesFor(tree, version, name)) {
      const path = join(modules, file);
      await mkdir(dirname(join(scratch, path)), { recursive: true });
      await copyFile(join(tree, path), join(scratch, path));
    }
  for (const name of ['modules.builtin', 'modules.order'])
    await copyFile(join(tree, modules, name), join(scratch, modules, name));
  await runOrThrow('ln', ['-s', 'usr/lib', join(scratch, 'lib')]);
  await listModules(tree, scratch, version);

  const init = guestFile('init.sh').replace('@FIRST_MODULES@', FIRST_MODULES.join(' '));
  await writeFile(join(scratch, 'init'), init);
  await chmod(join(scratch, 'init'), 0o755);
  await writeFile(join(scratch, 'shell.sh'), guestFile('shell.sh'));
  // Not compressed: to unpack costs an emulated processor more than to read.
  const pack = `cd "$1" && find . | LC_ALL=C sort | "$1/bin/busybox" cpio -o -H newc > "$2"`;
  await runOrThrow('bash', ['-c', pack, 'pack', scratch, output]);
};
