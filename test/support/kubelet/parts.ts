import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENT_IMAGE } from '#core/manifests/agent-daemon-set.ts';
import { cached } from '#test/support/servers/cache.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { createApt } from '#test/support/vm/apt.ts';
import { makeTree } from '#test/support/vm/tree.ts';
import { type ImageSettings, writeImageArchive } from './image-archive.ts';
import { AGENT_IMAGE_PACKAGES, hashOf, NODE_PACKAGES, SMALL_IMAGE_PACKAGES } from './recipe.ts';

/** Has a shell and `sleep`; the sandbox of each pod is of it too. */
export const SMALL_IMAGE = 'nodeeni.test/small:1';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a node is made of, as paths of this machine. */
export interface NodeParts {
  /** Root file system of a node. */
  readonly tree: string;
  /** Archives of the images that each node has. */
  readonly images: readonly string[];
}

const fill = async (tree: string, packages: readonly string[]): Promise<void> => {
  const scratch = createTemporaryFolder('apt');
  try {
    await mkdir(tree, { recursive: true });
    await makeTree(await createApt(scratch.path), tree, packages);
  } finally {
    await scratch.remove();
  }
};

const ensureTree = (): Promise<string> =>
  cached(`node-${hashOf(NODE_PACKAGES)}`, (tree) => fill(tree, NODE_PACKAGES));

interface Recipe {
  readonly name: string;
  readonly packages: readonly string[];
  readonly settings: ImageSettings;
  /** Puts files beside those of the packages. */
  readonly add: (tree: string) => Promise<void>;
}

const ensureImage = ({ name, packages, settings, add }: Recipe): Promise<string> =>
  cached(`image-${hashOf(name, packages, settings, process.version)}.tar`, async (file) => {
    const { path: tree, remove } = createTemporaryFolder('image');
    try {
      await fill(tree, packages);
      await add(tree);
      await writeImageArchive({ name, layers: [tree], settings }, file);
    } finally {
      await remove();
    }
  });

const AGENT: Recipe = {
  name: AGENT_IMAGE,
  packages: AGENT_IMAGE_PACKAGES,
  settings: { Env: [PATH], Cmd: ['node'] },
  async add(tree) {
    const file = join(tree, 'usr/local/bin/node');
    await mkdir(dirname(file), { recursive: true });
    await copyFile(process.execPath, file);
  },
};

const SMALL: Recipe = {
  name: SMALL_IMAGE,
  packages: SMALL_IMAGE_PACKAGES,
  settings: { Env: [PATH], Cmd: ['sleep', '1000000'] },
  async add(tree) {
    for (const name of ['sh', 'sleep', 'ip', 'ping', 'cat', 'ls'])
      await symlink('busybox', join(tree, 'bin', name));
  },
};

/** Finds what nodes are made of, or makes it out of the distribution's packages, once a machine. */
export const ensureNodeParts = async (): Promise<NodeParts> => ({
  tree: await ensureTree(),
  images: [await ensureImage(SMALL), await ensureImage(AGENT)],
});
