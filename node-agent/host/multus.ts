import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isConfigName } from '../agent/network-file.ts';
import type { MultusView } from '../agent/observed.ts';
import { ifAllowed, namesIn, orUndefined, readText } from './files.ts';

/** Where Multus looks when its configuration does not say (pkg/types/conf.go, multus-cni). */
const USUAL_FOLDER = '/etc/cni/multus/net.d';

/** Its own configuration, when its command line does not say (pkg/server/types.go). */
const DAEMON_CONFIG = '/etc/cni/net.d/multus.d/daemon-config.json';
const DAEMON = 'multus-daemon';

/** More is no configuration; a pod may call a program of its own by any name. */
const MOST_CONFIG_BYTES = 1_000_000;

const configSchema = z.object({
  type: z.string().optional(),
  plugins: z.array(z.object({ type: z.string() })).optional(),
  confDir: z.string().optional(),
  chrootDir: z.string().optional(),
});

type Config = z.infer<typeof configSchema>;

export interface MultusPlace {
  /** Where the host's /proc is. */
  readonly proc: string;
  /** Before each path of the host. */
  readonly hostRoot: string;
  /** Where the runtime finds the configuration of CNI, as the host names it. */
  readonly configFolder: string;
  /** Where our files are, as the host names it. */
  readonly folder: string;
}

const parsed = (text: string | undefined): Config | undefined => {
  try {
    return configSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

const readConfig = async (path: string): Promise<Config | undefined> => {
  const found = await orUndefined(stat(path));
  return found?.isFile() === true && found.size <= MOST_CONFIG_BYTES
    ? parsed(await readText(path))
    : undefined;
};

const typesOf = ({ type, plugins = [] }: Config): readonly string[] => [
  ...(type === undefined ? [] : [type]),
  ...plugins.map((plugin) => plugin.type),
];

/** True when both paths are of one folder, by whatever mounts and links they lead there. */
const isSameFolder = async (one: string, other: string): Promise<boolean> => {
  const [left, right] = await Promise.all([orUndefined(stat(one)), orUndefined(stat(other))]);
  return left !== undefined && left.dev === right?.dev && left.ino === right.ino;
};

const trimmed = (path: string): string => path.replace(/\/+$/, '');

const viewOfThin = async (
  { hostRoot, folder }: MultusPlace,
  { confDir = USUAL_FOLDER }: Config,
  source: string,
): Promise<MultusView> => {
  const isOurs =
    trimmed(confDir) === trimmed(folder) ||
    (await isSameFolder(join(hostRoot, confDir), join(hostRoot, folder)));
  return isOurs
    ? { kind: 'ours' }
    : { kind: 'elsewhere', folder: confDir, line: `"confDir": "${folder}"`, source };
};

const isDaemon = async (proc: string, pid: string): Promise<boolean> =>
  (await ifAllowed(readText(join(proc, pid, 'comm')), undefined))?.trim() === DAEMON;

/** The process of the daemon; a pod's runs in a mount namespace of its own. */
const findDaemon = async (proc: string): Promise<string | undefined> => {
  const pids = (await namesIn(proc)).filter((name) => /^\d+$/.test(name));
  const answers = await Promise.all(pids.map((pid) => isDaemon(proc, pid)));
  return pids.find((_, at) => answers[at]);
};

const configPathOf = (commandLine: string): string => {
  const words = commandLine.split('\0');
  const at = words.findIndex((word) => /^--?config(=|$)/.test(word));
  const word = words[at];
  if (word === undefined) return DAEMON_CONFIG;
  return (word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1]) ?? DAEMON_CONFIG;
};

const viewOfThick = async (
  { proc, hostRoot, folder }: MultusPlace,
  pid: string | undefined,
): Promise<MultusView> => {
  if (pid === undefined) return { kind: 'absent', why: 'The daemon of Multus does not run' };
  const path = configPathOf((await readText(join(proc, pid, 'cmdline'))) ?? '');
  const inside = (name: string): string => join(proc, pid, 'root', name);
  const config = await readConfig(inside(path));
  if (config === undefined)
    return { kind: 'absent', why: `The configuration of Multus, ${path}, cannot be read` };
  const { confDir = USUAL_FOLDER, chrootDir } = config;
  const ours = join(hostRoot, folder);
  if (await isSameFolder(inside(confDir), ours)) return { kind: 'ours' };
  // The whole host may be mounted there already, for the plugins.
  const byRoot = chrootDir === undefined ? undefined : join(chrootDir, folder);
  const isThere = byRoot !== undefined && (await isSameFolder(inside(byRoot), ours));
  return {
    kind: 'elsewhere',
    folder: `${confDir} of its pod`,
    line: `"confDir": "${isThere ? byRoot : folder}"`,
    source: `its ConfigMap (${path})`,
  };
};

/**
 * Where Multus looks for networks of this node. The thin one says it in the configuration that the runtime reads, the thick one
 * in a configuration of its daemon, by a path of the daemon's own mount namespace. All processes are looked at only where the
 * daemon is not the one of before.
 */
export const createFindMultus = (place: MultusPlace): (() => Promise<MultusView>) => {
  const { proc, hostRoot, configFolder } = place;
  let lastPid: string | undefined;

  const daemon = async (): Promise<string | undefined> => {
    if (lastPid === undefined || !(await isDaemon(proc, lastPid))) lastPid = await findDaemon(proc);
    return lastPid;
  };

  return async () => {
    const names = (await namesIn(join(hostRoot, configFolder))).filter(isConfigName);
    for (const name of names.toSorted()) {
      const config = await readConfig(join(hostRoot, configFolder, name));
      const types = config === undefined ? [] : typesOf(config);
      if (config !== undefined && types.includes('multus'))
        return viewOfThin(place, config, `${configFolder}/${name}`);
      if (types.includes('multus-shim')) return viewOfThick(place, await daemon());
    }
    return { kind: 'absent', why: `No Multus is in ${configFolder}` };
  };
};
