import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import type { Apt } from './apt.ts';
import { MODULE_FOLDERS } from './recipe.ts';

/** Makes a folder with a root file system out of packages and all that they need. Nothing in it is configured. */
export const makeTree = async (
  apt: Apt,
  tree: string,
  packages: readonly string[],
): Promise<void> => {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(tree, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(tree, name));
  }
  for (const name of ['repository', 'exchange', 'node', 'opt', 'etc', 'run', 'tmp', 'root'])
    await mkdir(join(tree, name), { recursive: true });
  await unpack(await apt.fetchAll(packages), tree);
};

// One shell for all: most of them unpack in less time than a process takes to start.
const UNPACK = `set -eu -o pipefail
tree=$1; shift
for package in "$@"; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$tree" --no-same-owner --keep-directory-symlink
done`;

const unpack = async (packages: readonly string[], tree: string): Promise<void> => {
  await runOrThrow('bash', ['-c', UNPACK, 'unpack', tree, ...packages]);
};

// The kernel comes compressed by one of several programs; what a guess gives is right when it is an ELF file.
const UNPACK_KERNEL = `set -u
try() {
  for position in $(LC_ALL=C grep -obUaP "$1" "$image" | cut -d: -f1); do
    tail -c +$((position + 1)) "$image" | $2 > "$kernel" 2> /dev/null
    [ "$(head -c 4 "$kernel" | tail -c 3)" = ELF ] && exit 0
  done
}
image=$1 kernel=$2
try '\\xFD7zXZ\\x00' unxz
try '\\x28\\xB5\\x2F\\xFD' unzstd
exit 1`;

/**
 * Adds the modules of the kernel package to the tree, and unpacks the kernel itself beside it: it starts in half the time
 * that the compressed one takes.
 */
export const addKernel = async (
  imagePackage: string,
  version: string,
  { tree, kernel }: { readonly tree: string; readonly kernel: string },
): Promise<void> => {
  const modules = `./lib/modules/${version}`;
  const wanted = [
    `./boot/vmlinuz-${version}`,
    `${modules}/modules.builtin`,
    `${modules}/modules.builtin.modinfo`,
    `${modules}/modules.order`,
    ...MODULE_FOLDERS.map((folder) => `${modules}/kernel/${folder}`),
  ];
  const unpackSome = `set -eu -o pipefail
package=$1 tree=$2; shift 2
dpkg-deb --fsys-tarfile "$package" | tar -x -C "$tree" --no-same-owner --keep-directory-symlink "$@"`;
  await runOrThrow('bash', ['-c', unpackSome, 'unpack', imagePackage, tree, ...wanted]);
  await listModules(tree, tree, version);
  const image = join(tree, 'boot', `vmlinuz-${version}`);
  await runOrThrow('bash', ['-c', UNPACK_KERNEL, 'unpack', image, kernel]);
};

/** The command line that runs a program of the tree on this machine, with the tree's own loader and libraries. */
export const commandInTree = (tree: string, program: string): readonly [string, ...string[]] => {
  const libraries = join(tree, 'usr/lib/x86_64-linux-gnu');
  const loader = join(libraries, 'ld-linux-x86-64.so.2');
  return [loader, '--argv0', program, '--library-path', libraries, join(tree, 'usr/bin', program)];
};

/** Writes the table of what each module needs, for the modules below a folder. */
export const listModules = async (tree: string, folder: string, version: string): Promise<void> => {
  // The program finds in its name what it is to do.
  const [loader, , , ...rest] = commandInTree(tree, 'kmod');
  await runOrThrow(loader, ['--argv0', 'depmod', ...rest, '--basedir', folder, version]);
};

/** The modules that one needs, itself last, as files below the tree. */
export const modulesFor = async (
  tree: string,
  version: string,
  name: string,
): Promise<string[]> => {
  const folder = join(tree, 'usr/lib/modules', version);
  const table = await readFile(join(folder, 'modules.dep'), 'utf8');
  const line = table
    .split('\n')
    .find((one) => one.split(':')[0]?.replaceAll('-', '_').endsWith(`/${name}.ko`) === true);
  if (line === undefined) throw new Error(`the kernel ${version} has no module ${name}`);
  const [own = '', needed = ''] = line.split(':');
  return [
    ...needed
      .trim()
      .split(/\s+/)
      .filter((one) => one !== '')
      .toReversed(),
    own,
  ];
};
