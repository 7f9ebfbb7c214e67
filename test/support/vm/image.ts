import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath } from '#test/support/servers/find-on-path.ts';
import { createApt, whyNoApt } from './apt.ts';
import { makeInitialRamdisk } from './initial-ramdisk.ts';
import { buildNoIommuModule } from './no-iommu-module.ts';
import { PACKAGES, ramdiskHash, treeHash } from './recipe.ts';
import { addKernel, makeTree } from './tree.ts';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const CACHE = join(REPOSITORY, '.cache/vm');

/** What a machine is booted from. */
export interface Image {
  /** Root file system of the guest; QEMU itself is run out of it too. */
  readonly tree: string;
  readonly kernel: string;
  readonly ramdisk: string;
}

/** Told what is being done, where it takes long. */
export type Tell = (line: string) => void;

const NEEDED = ['apt-get', 'apt-cache', 'dpkg-deb', 'tar', 'xz', 'make', 'gcc', 'strip'];

const systemFolder = (): string => join(CACHE, treeHash());
const treeIn = (folder: string): string => join(folder, 'tree');
const kernelIn = (folder: string): string => join(folder, 'vmlinux');

/** Why an image can neither be found nor made here; undefined when it can. */
export const whyNoImage = async (): Promise<string | undefined> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'this is not Linux on x86-64';
  if (existsSync(systemFolder())) return undefined;
  const missing = NEEDED.filter((name) => findOnPath(name) === undefined);
  return missing.length > 0 ? `there is no ${missing.join(', ')}` : whyNoApt();
};

/**
 * Makes something under its final name, once. It appears there when all of it is there: an interrupted run leaves nothing
 * that is half made, and of two runs at once one wins.
 */
const once = async (path: string, make: (draft: string) => Promise<void>): Promise<void> => {
  if (existsSync(path)) return;
  const draft = `${path}.making-${process.pid}`;
  try {
    await make(draft);
    if (!existsSync(path)) await rename(draft, path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

const makeSystem = async (folder: string, tell: Tell): Promise<void> => {
  const tree = treeIn(folder);
  await mkdir(tree, { recursive: true });
  tell('reading the lists of packages');
  const apt = await createApt(join(CACHE, 'apt'));
  tell('fetching and unpacking QEMU, DPDK and the programs of the guest (115 MB)');
  await makeTree(apt, tree, PACKAGES);
  const imagePackage = await apt.firstDependency('linux-image-amd64');
  const version = imagePackage.replace('linux-image-', '');
  tell(`fetching and unpacking Linux ${version} (70 MB)`);
  const [file = ''] = await apt.fetch([imagePackage]);
  await addKernel(file, version, { tree, kernel: kernelIn(folder) });
  tell('fetching its sources, and building vfio with the no-IOMMU mode (150 MB)');
  const scratch = join(folder, 'module');
  await buildNoIommuModule(apt, version, { scratch, output: join(tree, 'opt/vfio.ko') });
  await rm(scratch, { recursive: true });
  await apt.clean();
};

const makeRamdisk = async (tree: string, draft: string): Promise<void> => {
  const [version = ''] = await readdir(join(tree, 'usr/lib/modules'));
  const scratch = `${draft}.parts`;
  try {
    await makeInitialRamdisk({ tree, version, scratch }, draft);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** Removes what runs left behind that were killed. */
const sweep = async (): Promise<void> => {
  const names = await readdir(CACHE).catch(() => []);
  for (const name of names) {
    const maker = /\.making-(\d+)/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`))
      await rm(join(CACHE, name), { recursive: true, force: true });
  }
};

/**
 * Finds the image, or makes it out of 340 MB from the distribution's mirror, in `.cache/vm`. A run that was interrupted
 * goes on from the packages it has fetched.
 */
export const ensureImage = async (tell: Tell): Promise<Image> => {
  const folder = systemFolder();
  await sweep();
  await once(folder, (draft) => makeSystem(draft, tell));
  const tree = treeIn(folder);
  const ramdisk = `${folder}-ramdisk-${ramdiskHash()}`;
  await once(ramdisk, (draft) => makeRamdisk(tree, draft));
  return { tree, kernel: kernelIn(folder), ramdisk };
};
