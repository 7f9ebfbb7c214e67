import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENT_IMAGE } from '#core/manifests/agent-daemon-set.ts';
import { cached } from '#test/support/servers/cache.ts';
import {
  createTemporaryFolder,
  type TemporaryFolder,
} from '#test/support/servers/temporary-folder.ts';
import { createApt } from '#test/support/vm/apt.ts';
import { makeTree } from '#test/support/vm/tree.ts';
import { layOut, readDockerfile } from './dockerfile.ts';
import { type ImageParts, writeImageArchive, writeLayer } from './image-archive.ts';
import { AGENT_IMAGE_PACKAGES, hashOf, NODE_PACKAGES, SMALL_IMAGE_PACKAGES } from './recipe.ts';

/** Has a shell and `sleep`; the sandbox of each pod is of it too. */
export const SMALL_IMAGE = 'nodeeni.test/small:1';

/** What node-agent/Dockerfile makes. */
export const OWN_IMAGE = 'nodeeni.test/nodeeni-agent:1';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a node is made of, as paths of this machine. */
export interface NodeParts {
  /** Root file system of a node. */
  readonly tree: string;
  /** An archive of the images that each node has. */
  readonly images: string;
  readonly remove: () => Promise<void>;
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

interface LayerRecipe {
  readonly packages: readonly string[];
  /** What `add` puts beside their files: another one makes another layer. */
  readonly added: readonly string[];
  readonly add: (tree: string) => Promise<void>;
}

const ensureLayer = ({ packages, added, add }: LayerRecipe): Promise<string> =>
  cached(`layer-${hashOf(packages, added)}.tar`, async (file) => {
    const { path: tree, remove } = createTemporaryFolder('image');
    try {
      await fill(tree, packages);
      await add(tree);
      await writeLayer(tree, file);
    } finally {
      await remove();
    }
  });

/** Node where its image has it. */
const NODE_LAYER: LayerRecipe = {
  packages: AGENT_IMAGE_PACKAGES,
  added: ['node', process.version],
  async add(tree) {
    const file = join(tree, 'usr/local/bin/node');
    await mkdir(dirname(file), { recursive: true });
    await copyFile(process.execPath, file);
  },
};

const SMALL_PROGRAMS = ['sh', 'sleep', 'ip', 'ping', 'cat', 'ls'];

const SMALL_LAYER: LayerRecipe = {
  packages: SMALL_IMAGE_PACKAGES,
  added: SMALL_PROGRAMS,
  async add(tree) {
    for (const name of SMALL_PROGRAMS) await symlink('busybox', join(tree, 'bin', name));
  },
};

/** Our own image over the one with Node, by our own recipe. */
const ownImage = async (base: string, scratch: string): Promise<ImageParts> => {
  const recipe = await readDockerfile('node-agent/Dockerfile');
  await layOut(recipe, join(scratch, 'own'));
  const layer = join(scratch, 'own.tar');
  await writeLayer(join(scratch, 'own'), layer);
  const { Env = [], ...settings } = recipe.settings;
  return { name: OWN_IMAGE, layers: [base, layer], settings: { ...settings, Env: [PATH, ...Env] } };
};

const writeImages = async ({ path }: TemporaryFolder): Promise<string> => {
  const base = await ensureLayer(NODE_LAYER);
  const small = await ensureLayer(SMALL_LAYER);
  const file = join(path, 'images.tar');
  const images = [
    { name: SMALL_IMAGE, layers: [small], settings: { Env: [PATH], Cmd: ['sleep', '1000000'] } },
    { name: AGENT_IMAGE, layers: [base], settings: { Env: [PATH], Cmd: ['node'] } },
    await ownImage(base, path),
  ];
  await writeImageArchive(images, file);
  return file;
};

/** Finds what nodes are made of, or makes it out of the distribution's packages, once a machine; what we build is put in anew. */
export const ensureNodeParts = async (): Promise<NodeParts> => {
  const tree = await cached(`node-${hashOf(NODE_PACKAGES)}`, (folder) =>
    fill(folder, NODE_PACKAGES),
  );
  const scratch = createTemporaryFolder('images');
  return { tree, images: await writeImages(scratch), remove: scratch.remove };
};
