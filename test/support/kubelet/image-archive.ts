import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runOrThrow } from '#test/support/servers/run-command.ts';

/** What a container runtime is to know of an image ("OCI Image Configuration"). */
export interface ImageSettings {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly User?: string;
}

export interface ImageParts {
  /** With its registry and tag. */
  readonly name: string;
  /** Files of layers, the lowest first. */
  readonly layers: readonly string[];
  readonly settings: ImageSettings;
}

/** Writes the files of a folder as a layer of images. All of them belong to root, and equal folders give equal layers. */
export const writeLayer = async (folder: string, file: string): Promise<void> => {
  await runOrThrow('tar', [
    ...['--create', '--sort=name', '--owner=0', '--group=0', '--numeric-owner'],
    ...['--directory', folder, '--file', file, '.'],
  ]);
};

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

/**
 * Writes images as an archive of the kind that `docker save` writes, for `ctr images import` ("Docker Image Specification v1.2").
 * Needs no daemon. A layer that several of them have is in it once.
 */
export const writeImageArchive = async (
  images: readonly ImageParts[],
  file: string,
): Promise<void> => {
  const folder = `${file}.parts`;
  await mkdir(folder, { recursive: true });
  try {
    const digests = new Map<string, string>();
    for (const layer of new Set(images.flatMap(({ layers }) => layers))) {
      const digest = await digestOf(layer);
      digests.set(layer, digest);
      await symlink(layer, join(folder, `${digest}.tar`));
    }
    const manifest = images.map(({ name, layers }, at) => ({
      Config: `${at}.json`,
      RepoTags: [name],
      Layers: layers.map((layer) => `${digests.get(layer)}.tar`),
    }));
    for (const [at, { layers, settings }] of images.entries()) {
      const config = {
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: settings,
        rootfs: {
          type: 'layers',
          diff_ids: layers.map((layer) => `sha256:${digests.get(layer)}`),
        },
      };
      await writeFile(join(folder, `${at}.json`), JSON.stringify(config));
    }
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await runOrThrow('tar', [
      ...['--create', '--dereference', '--directory', folder, '--file', file, '.'],
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
