import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '#test/support/servers/run-command.ts';
import { DEBIAN } from './recipe.ts';

/** The distribution's packages, fetched into a folder of our own: nothing is installed, and nobody need be root. */
export interface Apt {
  /** Fetches packages with all they depend on. Resolves with their files. */
  fetchAll(names: readonly string[]): Promise<readonly string[]>;
  /** Fetches packages alone. Resolves with their files, in the order of the names. */
  fetch(names: readonly string[]): Promise<readonly string[]>;
  /** What `apt-cache depends` names first for a package: of a metapackage the one it stands for. */
  firstDependency(name: string): Promise<string>;
  /** Deletes what was fetched. */
  clean(): Promise<void>;
}

const settingsFor = (folder: string): string =>
  Object.entries({
    'Dir::State': join(folder, 'state'),
    // An empty list of what is installed, so that a package comes with everything it needs.
    'Dir::State::status': join(folder, 'state/status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Retries': '3',
    'DPkg::Lock::Timeout': '600',
  })
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('');

/** Whether this machine's apt knows the packages; a sentence says why not. */
export const whyNoApt = async (): Promise<string | undefined> => {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!release.includes(`VERSION_CODENAME=${DEBIAN}`))
    return `this is not Debian ${DEBIAN}, whose packages the machine is made of`;
  return undefined;
};

/** Reads the lists of packages anew. What an interrupted run fetched is used again. */
export const createApt = async (folder: string): Promise<Apt> => {
  const archives = join(folder, 'cache/archives');
  const singles = join(folder, 'singles');
  const env = { APT_CONFIG: join(folder, 'apt.conf') };
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  await mkdir(singles, { recursive: true });
  await writeFile(env.APT_CONFIG, settingsFor(folder));
  await writeFile(join(folder, 'state/status'), '');
  const run = (command: string, ...args: string[]) =>
    runOrThrow(command, args, { env, cwd: singles });
  await run('apt-get', 'update', '-qq');
  await run('apt-get', 'autoclean', '-qq');

  const fileOf = async (name: string): Promise<string> => {
    const file = (await readdir(singles)).find((one) => one.startsWith(`${name}_`));
    if (file === undefined) throw new Error(`apt-get fetched no ${name}`);
    return join(singles, file);
  };

  return {
    async fetchAll(names) {
      await run('apt-get', 'install', '-qq', '--yes', '--download-only', ...names);
      const files = await readdir(archives);
      return files.filter((file) => file.endsWith('.deb')).map((file) => join(archives, file));
    },
    async fetch(names) {
      await run('apt-get', 'download', '-qq', ...names);
      return Promise.all(names.map(fileOf));
    },
    async firstDependency(name) {
      const text = await run('apt-cache', 'depends', name);
      const first = /Depends: (\S+)/.exec(text)?.[1];
      if (first === undefined) throw new Error(`${name} depends on nothing`);
      return first;
    },
    async clean() {
      await rm(folder, { recursive: true, force: true });
    },
  };
};
