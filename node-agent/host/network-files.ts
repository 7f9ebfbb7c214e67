import { rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '../agent/errors.ts';
import type { NetworkFiles } from '../agent/host.ts';
import { isConfigName, isDraft, isOwnName } from '../agent/network-file.ts';
import type { LeftNetworkFile, MultusView, NetworkFile, NetworkView } from '../agent/observed.ts';
import { namesIn, readText, replaceFile } from './files.ts';
import { createFindMultus } from './multus.ts';

/** Folders of the host that networks for pods need, by their paths there. */
export interface NetworkFolders {
  /** Where Multus looks for the networks of a node. */
  readonly networks: string;
  /** Where the runtime finds the configuration of CNI, that of Multus too. */
  readonly config: string;
  readonly plugins: string;
  /** Where the plugin host-local notes addresses in use. */
  readonly addresses: string;
}

export interface NetworkFilesOptions {
  readonly folders: NetworkFolders;
  /** Before each of them: where the host's root is. */
  readonly hostRoot: string;
  readonly proc: string;
}

const readFiles = async (folder: string): Promise<readonly NetworkFile[]> => {
  const names = (await namesIn(folder)).filter((name) => isConfigName(name) || isDraft(name));
  return Promise.all(
    names
      .toSorted()
      // One that cannot be read is one that Multus cannot read either.
      .map(async (name) => ({
        name,
        text: (await readText(join(folder, name)).catch(() => undefined)) ?? '',
      })),
  );
};

/** Files whose names are ours, whoever has changed them since. */
const isOfUs = ({ name }: NetworkFile): boolean => isOwnName(name) || isDraft(name);

const unknown = (error: unknown): MultusView => ({
  kind: 'absent',
  why: `It cannot be seen where Multus looks (${messageOf(error)})`,
});

/** The plugin names a file for each address by it ("host-local IP address management plugin", cni.dev). */
const addressesIn = async (folder: string): Promise<readonly string[]> =>
  (await namesIn(folder)).filter((name) => isIP(name) !== 0);

/** The networks of this host, as Multus and the plugins keep them. A surface that cannot be read is told, and hides no other. */
export const createNetworkFiles = ({
  folders,
  hostRoot,
  proc,
}: NetworkFilesOptions): NetworkFiles => {
  const onHost = (path: string): string => join(hostRoot, path);
  const folder = onHost(folders.networks);
  const findMultus = createFindMultus({
    ...{ proc, hostRoot },
    ...{ configFolder: folders.config, folder: folders.networks },
  });

  const lookAround = async (networks: readonly string[]) => {
    const [plugins, multus, reserved] = await Promise.all([
      namesIn(onHost(folders.plugins)).catch(() => []),
      findMultus().catch(unknown),
      Promise.all(
        networks.map(
          async (name) =>
            [
              name,
              await addressesIn(join(onHost(folders.addresses), name)).catch(() => []),
            ] as const,
        ),
      ),
    ]);
    return { plugins, multus, reserved: Object.fromEntries(reserved) };
  };

  const leftIn = async (folderOfBefore: string): Promise<readonly LeftNetworkFile[]> => {
    const all = await readFiles(onHost(folderOfBefore)).catch(() => []);
    return all.filter(isOfUs).map((file) => ({ ...file, folder: folderOfBefore }));
  };

  return {
    folder: folders.networks,
    async read(networks, foldersOfBefore): Promise<NetworkView | undefined> {
      const others = foldersOfBefore.filter((one) => one !== folders.networks);
      const left = (await Promise.all(others.map(leftIn))).flat();
      const { files, ...failure } = await readFiles(folder).then(
        (all) => ({ files: all }),
        (error: unknown) => ({ files: [], problem: messageOf(error) }),
      );
      if (networks.length === 0 && left.length === 0 && !files.some(isOfUs)) return undefined;
      return {
        folder: folders.networks,
        ...{ files, left },
        ...failure,
        pluginFolder: folders.plugins,
        addressFolder: folders.addresses,
        ...(await lookAround(networks)),
      };
    },
    write: (file, text) => replaceFile(join(folder, file), text),
    remove: (file, folderOfBefore = folders.networks) =>
      rm(join(onHost(folderOfBefore), file), { force: true }),
  };
};
