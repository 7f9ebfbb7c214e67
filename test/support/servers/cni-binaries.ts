import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, reportProgress } from './cache.ts';
import { findOnPath } from './find-on-path.ts';
import { runOrThrow } from './run-command.ts';

const MULTUS = 'gopkg.in/k8snetworkplumbingwg/multus-cni.v4';
const PLUGINS = 'github.com/containernetworking/plugins';

const toolsModule = fileURLToPath(new URL('../../node/tools/', import.meta.url));

/** Multus and the reference plugins, statically linked: a guest runs them too. */
export type CniBinaries = {
  /** A folder with the plugins, Multus among them. */
  readonly folder: string;
  readonly multus: string;
};

const versionOf = (goMod: string, module: string): string => {
  const version = goMod
    .split('\n')
    .map((line) => line.trim().split(' '))
    .find(([path]) => path === module)?.[1];
  if (version === undefined) throw new Error(`${toolsModule}go.mod requires no ${module}.`);
  return version;
};

const toolsOf = (goMod: string): readonly string[] =>
  goMod
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(`${PLUGINS}/plugins/`) || line === `${MULTUS}/cmd/multus`);

/**
 * Finds or makes Multus and the plugins: they are built from the pinned Go module into the cache. A command with a version is
 * refused by some proxies, a module that pins it is not.
 */
export const ensureCniBinaries = async (): Promise<CniBinaries> => {
  const goMod = await readFile(join(toolsModule, 'go.mod'), 'utf8');
  const name = `multus-${versionOf(goMod, MULTUS)}-plugins-${versionOf(goMod, PLUGINS)}`;
  const folder = await cached(name, async (temporary) => {
    const go = findOnPath('go');
    if (go === undefined)
      throw new Error(
        'Building Multus needs Go 1.25 or newer on the PATH: install it from https://go.dev/dl.',
      );
    reportProgress(`building ${name} (a minute or two the first time)`);
    await mkdir(temporary, { recursive: true });
    const flags = ['-trimpath', '-ldflags', '-s -w', '-o', `${temporary}/`];
    await runOrThrow(go, ['build', ...flags, ...toolsOf(goMod)], {
      cwd: toolsModule,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
    });
  });
  return { folder, multus: join(folder, 'multus') };
};
