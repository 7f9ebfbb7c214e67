import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AppConfig } from './app-config.ts';

/** The little of esbuild that is used. It comes with SST's sources, which is how SST bundles the program too. */
interface Esbuild {
  build(options: object): Promise<unknown>;
}
interface PluginBuild {
  onLoad(
    filter: { readonly filter: RegExp },
    load: (file: { readonly path: string }) => object | undefined,
  ): void;
}

/** SST leaves these to Node, from the folder the bundle is written to (sst, pkg/js/js.go). */
const EXTERNAL = [
  '@pulumi/*',
  'undici',
  '@pulumiverse/*',
  '@sst-provider/*',
  '@aws-sdk/*',
  'esbuild',
  'archiver',
  'glob',
  'vite',
];

const BANNER = `import { createRequire as createTopLevelRequire } from 'node:module';
import { fileURLToPath as topLevelFileURLToPath } from 'node:url';
const require = createTopLevelRequire(import.meta.url);
const __filename = topLevelFileURLToPath(import.meta.url);
const __dirname = topLevelFileURLToPath(new URL('.', import.meta.url));`;

interface Provider {
  readonly alias: string;
  readonly package: string;
}

/** In SST's programs the providers and the components are there without an import. */
const injectGlobals = (workFolder: string) => {
  const lock = readFileSync(join(workFolder, 'provider-lock.json'), 'utf8');
  const imports = [
    ...(JSON.parse(lock) as Provider[]).map(
      ({ alias, package: name }) => `import * as ${alias} from "${name}";`,
    ),
    `import * as sst from "${workFolder}/platform/src/components";`,
  ].join('');
  return {
    name: 'globals',
    setup: (build: PluginBuild) =>
      build.onLoad({ filter: /\.(js|ts)$/ }, ({ path }) =>
        path.startsWith(workFolder)
          ? undefined
          : { contents: `${imports}\n${readFileSync(path, 'utf8')}`, loader: 'default' },
      ),
  };
};

interface ProgramInput {
  /** The folder that `sst.config.ts` is in. */
  readonly root: string;
  readonly app: AppConfig;
  readonly stage: string;
  /** The folder `.sst`. */
  readonly workFolder: string;
  readonly outfile: string;
}

/**
 * Bundles `sst.config.ts` and what it imports as SST's command line does for a deploy (sst, pkg/project/run.go). The
 * bundle's default export is what the program returns.
 */
export const bundleProgram = async ({
  root,
  app,
  stage,
  workFolder,
  outfile,
}: ProgramInput): Promise<void> => {
  const platform = join(workFolder, 'platform');
  const esbuild = createRequire(join(platform, 'package.json'))('esbuild') as Esbuild;
  const config = JSON.stringify(join(root, 'sst.config.ts'));
  const paths = { home: join(workFolder, 'home'), root, work: workFolder, platform };
  const cli = { command: 'deploy', dev: false, paths, state: { version: {} } };
  await esbuild.build({
    stdin: {
      contents: `import { run } from "${platform}/src/auto/run.ts"; import program from ${config}; export default await run(program.run);`,
      resolveDir: root,
      sourcefile: 'eval.ts',
      loader: 'ts',
    },
    bundle: true,
    outfile,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    define: {
      $app: JSON.stringify({ removal: 'retain', ...app, stage }),
      $cli: JSON.stringify(cli),
      $dev: 'false',
    },
    inject: [join(platform, 'src', 'shim', 'run.js')],
    external: EXTERNAL,
    nodePaths: [join(platform, 'node_modules')],
    plugins: [injectGlobals(workFolder)],
    logLevel: 'silent',
  });
};
