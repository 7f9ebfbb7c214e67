import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, reportProgress } from '#test/support/servers/cache.ts';
import { runOrThrow } from '#test/support/servers/run-command.ts';

const MODULE = fileURLToPath(new URL('tools/', import.meta.url));

interface Tool {
  readonly module: string;
  readonly command: string;
  /** Folder of the go.mod that pins it, where it has one of its own. */
  readonly folder?: string;
  /** Tags of the build: what of it is left out. */
  readonly tags?: string;
}

/** What checks that which is shipped: the Go module of each, and the command in it. */
const TOOLS = {
  helm: { module: 'helm.sh/helm/v4', command: 'helm.sh/helm/v4/cmd/helm' },
  // The interpreter of Argo CD.
  glua: {
    module: 'github.com/yuin/gopher-lua',
    command: 'github.com/yuin/gopher-lua/cmd/glua',
  },
  actionlint: {
    module: 'github.com/rhysd/actionlint',
    command: 'github.com/rhysd/actionlint/cmd/actionlint',
  },
  promtool: {
    module: 'github.com/prometheus/prometheus',
    command: 'github.com/prometheus/prometheus/cmd/promtool',
    folder: 'promtool',
    // It asks no cloud for what to watch, and their SDKs are most of the build.
    tags: 'remove_all_sd',
  },
} as const satisfies Readonly<Record<string, Tool>>;

const versionIn = async (folder: string, module: string): Promise<string> => {
  const goMod = await readFile(join(folder, 'go.mod'), 'utf8');
  const line = goMod.split('\n').find((each) => each.trim().startsWith(`${module} v`));
  const version = line?.trim().split(' ')[1];
  if (version === undefined) throw new Error(`${folder}/go.mod requires no ${module}.`);
  return version;
};

/** Finds the tool in the cache, or builds it from the pinned module. Needs Go for that. */
export const ensureTool = async (name: keyof typeof TOOLS): Promise<string> => {
  const { module, command, folder = '', tags = '' }: Tool = TOOLS[name];
  const cwd = join(MODULE, folder);
  const version = await versionIn(cwd, module);
  return cached(join('release', `${name}-${version}`), async (temporary) => {
    reportProgress(`building ${name} ${version} (minutes the first time)`);
    await runOrThrow(
      'go',
      ['build', `-tags=${tags}`, '-trimpath', '-ldflags=-s -w', '-o', temporary, command],
      { cwd, env: { CGO_ENABLED: '0', GOWORK: 'off' } },
    );
  });
};

/** Builds those that are not in the cache yet: it takes longer than a test may. */
export const buildTools = async (): Promise<void> => {
  for (const name of Object.keys(TOOLS) as (keyof typeof TOOLS)[]) await ensureTool(name);
};
