import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
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
  /** Folders with the files of each layer, the lowest first. */
  readonly layers: readonly string[];
  readonly settings: ImageSettings;
}

const digestOfFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

/**
 * Writes an image as an archive of the kind that `docker save` writes, for `ctr images import` ("Docker Image Specification
 * v1.2"). Needs no daemon. All files belong to root.
 */
export const writeImageArchive = async (
  { name, layers, settings }: ImageParts,
  file: string,
): Promise<void> => {
  const folder = `${file}.parts`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const files = layers.map((_, at) => `layer-${at}.tar`);
    for (const [at, layer] of layers.entries())
      await runOrThrow('tar', [
        ...['--create', '--sort=name', '--owner=0', '--group=0', '--numeric-owner'],
        ...['--directory', layer, '--file', join(folder, files[at] ?? ''), '.'],
      ]);
    const digests = await Promise.all(files.map((one) => digestOfFile(join(folder, one))));
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: settings,
      rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
    };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: files }];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await runOrThrow('tar', ['--create', '--directory', folder, '--file', file, '.']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
