import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import {
  type BuildOptions,
  defineConfig,
  type RolldownOptions,
  type RolldownPlugin,
} from 'rolldown';

const FOR_NODE = {
  platform: 'node',
  // The SDK's CommonJS builds cannot be shaken: EC2 alone would bring every operation's schema.
  resolve: { mainFields: ['module', 'main'] },
} satisfies RolldownOptions;

const PACKAGE = /(node_modules\/(?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/;

/** Writes down which packages went into a bundle: whoever ships the bundle ships those, licences and all. */
const bundledPackages = (name: string): RolldownPlugin => ({
  name: 'bundled-packages',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk' ? file.moduleIds : [],
    );
    const folders = modules.flatMap((id) => PACKAGE.exec(id)?.[1] ?? []);
    mkdirSync('dist/packages', { recursive: true });
    writeFileSync(
      `dist/packages/${name}.json`,
      JSON.stringify([...new Set(folders)].toSorted(), null, 2),
    );
  },
});

/** `import a, { b as c } from "node:http"`, `import * as a from "net"`: what is imported, and from where. */
const IMPORT = /\bimport\s*([\w$*{][^"';()]*?)\s*from\s*["']([\w:/]+)["'];?/g;

const takenFrom = (clause: string, module: string): string => {
  const taken = `process.getBuiltinModule('${module}')`;
  const [, whole, names] = /^(?:\*\s*as\s+)?([\w$]+)?\s*,?\s*(\{[^}]*\})?$/.exec(clause) ?? [];
  if (whole === undefined && names === undefined)
    throw new Error(`A built-in module is imported in a form that is not known: ${clause}`);
  return [
    ...(whole === undefined ? [] : [`const ${whole} = ${taken};`]),
    ...(names === undefined ? [] : [`const ${names.replaceAll(/\s+as\s+/g, ': ')} = ${taken};`]),
  ].join('');
};

/**
 * An import of a built-in module reads all that it exports, which loads what nobody asked for: `node:http` brings Node's
 * `fetch` and WebSocket. Taken as objects, the modules give what is named, and each process is spared 4 to 11 MB. Throws for an
 * import of another form.
 */
const leanBuiltins: RolldownPlugin = {
  name: 'lean-builtins',
  renderChunk: (code) =>
    code.replace(IMPORT, (text, clause: string, module: string) =>
      isBuiltin(module) ? takenFrom(clause, module) : text,
    ),
};

/** What a field is for, as `kubectl explain` tells it. */
const DESCRIPTION = /\.meta\(\{\s*description:\s*(["'`])(?:\\.|(?!\1)[^\\])*\1,?\s*\}\)/g;

/** The CRDs have the descriptions of fields. An agent has no use for them, and its ConfigMap no room. */
const withoutDescriptions: RolldownPlugin = {
  name: 'without-descriptions',
  renderChunk: (code) => code.replace(DESCRIPTION, ''),
};

/** The command line in a few files: it starts in a fifth of the time and needs a third of the memory of the sources. */
const commandLine: RolldownOptions = {
  ...FOR_NODE,
  input: { nodeeni: 'src/cli/main.ts' },
  plugins: [leanBuiltins, bundledPackages('cli')],
  output: { dir: 'dist/cli', format: 'esm', minify: true, cleanDir: true },
};

/** A function has its role's keys and nothing else: the SDK's chain of providers is a third of a router. */
const CREDENTIALS = {
  '@aws-sdk/credential-provider-node': join(
    import.meta.dirname,
    'src/operator/execution-role-credentials.ts',
  ),
};

/**
 * One Lambda function in a folder of its own, as it is zipped. What is imported on demand stays in files of its own, so
 * that a start reads only what this installation uses.
 */
const lambdaFunction = (name: string): BuildOptions => ({
  ...FOR_NODE,
  resolve: { ...FOR_NODE.resolve, alias: CREDENTIALS },
  input: { index: `functions/${name}/index.ts` },
  plugins: [bundledPackages(name)],
  output: {
    dir: `dist/functions/${name}`,
    format: 'esm',
    minify: true,
    cleanDir: true,
    // Lambda takes a .js file for CommonJS ("Designating a function handler as an ES module").
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  },
});

export const lambdaFunctions: readonly BuildOptions[] =
  readdirSync('functions').map(lambdaFunction);

const LEFT_OUT = join(import.meta.dirname, 'node-agent/left-out.ts');

/** Parts of prom-client that the agent does not use, as its index names them. */
const UNUSED_METRICS = ['summary', 'pushgateway', 'defaultMetrics', 'metricAggregators', 'cluster'];

/** The bundle has to fit into the annotation in which `kubectl apply` keeps the object: 256 kB. */
const withoutUnusedMetrics: RolldownPlugin = {
  name: 'without-unused-metrics',
  resolveId(source, importer = '') {
    const isUnused =
      source === '@opentelemetry/api' ||
      (importer.endsWith('/prom-client/index.js') &&
        UNUSED_METRICS.some((name) => source === `./lib/${name}`));
    return isUnused ? LEFT_OUT : undefined;
  },
};

/** The node agent in one file: it travels in a ConfigMap, and is run by a stock Node image. */
const nodeAgent: RolldownOptions = {
  ...FOR_NODE,
  input: { agent: 'node-agent/main.ts' },
  plugins: [withoutUnusedMetrics, leanBuiltins, withoutDescriptions, bundledPackages('agent')],
  output: {
    dir: 'dist/agent',
    format: 'esm',
    minify: true,
    cleanDir: true,
    codeSplitting: false,
    entryFileNames: '[name].mjs',
  },
};

const sstTypes: RolldownPlugin = {
  name: 'sst-types',
  async generateBundle() {
    const { declarations } = await import('./stacks/declarations.ts');
    this.emitFile({ type: 'asset', fileName: 'index.d.ts', source: await declarations() });
  },
};

/**
 * The component for apps of SST: one file, whose globals are those that SST puts into each file of a program. It does so for
 * .js and not for .mjs (sst, pkg/js/js.go).
 */
export const sstComponent: BuildOptions = {
  ...FOR_NODE,
  input: { index: 'stacks/installation.ts' },
  plugins: [sstTypes, bundledPackages('sst')],
  output: { dir: 'dist/sst', format: 'esm', cleanDir: true },
};

/** What programs of others import: objects, plan and simulator. Their types come when the package is packed. */
const library: RolldownOptions = {
  ...FOR_NODE,
  input: {
    objects: 'src/library/objects.ts',
    plan: 'src/library/plan.ts',
    simulator: 'src/library/simulator.ts',
  },
  plugins: [bundledPackages('library')],
  output: { dir: 'dist/library', format: 'esm', cleanDir: true },
};

export default defineConfig([commandLine, nodeAgent, sstComponent, library, ...lambdaFunctions]);
