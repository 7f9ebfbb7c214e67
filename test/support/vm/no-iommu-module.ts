import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import type { Apt } from './apt.ts';
import { VFIO_KBUILD, VFIO_SOURCES } from './recipe.ts';

const UNPACK = `set -eu -o pipefail
folder=$1 source=$2 line=$3; shift 3
for package in "$@"; do dpkg-deb --extract "$package" "$folder"; done
dpkg-deb --fsys-tarfile "$source" | tar -x -O "./usr/src/linux-source-$line.tar.xz" | xz -d -c |
  tar -x -C "$folder" "linux-source-$line/drivers/vfio"`;

/**
 * Debian's vfio.ko with the no-IOMMU mode that Debian leaves out, and Amazon Linux has: only this module is built again,
 * against the headers of the same kernel. Needs `make` and `gcc`.
 */
export const buildNoIommuModule = async (
  apt: Apt,
  version: string,
  { scratch, output }: { readonly scratch: string; readonly output: string },
): Promise<void> => {
  const line = version.split('.').slice(0, 2).join('.');
  const [source = '', ...headers] = await apt.fetch([
    `linux-source-${line}`,
    `linux-headers-${version}`,
    `linux-headers-${version.replace(/-amd64$/, '')}-common`,
    `linux-kbuild-${line}`,
  ]);
  await mkdir(scratch, { recursive: true });
  await runOrThrow('bash', ['-c', UNPACK, 'unpack', scratch, source, line, ...headers]);

  const headerFolder = join(scratch, 'usr/src', `linux-headers-${version}`);
  const makefile = await readFile(join(headerFolder, 'Makefile'), 'utf8');
  await writeFile(
    join(headerFolder, 'Makefile'),
    makefile.replaceAll('/usr/src/linux-headers', `${scratch}/usr/src/linux-headers`),
  );
  const build = join(scratch, 'build');
  await mkdir(build);
  for (const name of VFIO_SOURCES)
    await cp(join(scratch, `linux-source-${line}/drivers/vfio`, name), join(build, name));
  await writeFile(join(build, 'Kbuild'), VFIO_KBUILD);
  await runOrThrow('make', ['-s', '-C', headerFolder, `M=${build}`, 'modules']);
  await runOrThrow('strip', ['-g', '-o', output, join(build, 'vfio.ko')]);
};
