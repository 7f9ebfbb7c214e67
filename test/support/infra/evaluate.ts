import crypto from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { pathToFileURL } from 'node:url';
import { readAppConfig } from './app-config.ts';
import { lookUp, outputsOf } from './aws-stand-in.ts';
import { standInForCommandLine } from './command-line-stand-in.ts';
import { bundleProgram } from './program.ts';
import type { Resource } from './synthesis.ts';

/** The little of Pulumi that is used; it is the one of SST's sources. */
interface Pulumi {
  readonly runtime: {
    setMocks(mocks: object, project: string, stack: string, isPreview: boolean): Promise<void>;
    registerStackTransformation(transformation: (args: TransformationArgs) => undefined): void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
  };
}
interface TransformationArgs {
  readonly type: string;
  readonly name: string;
  readonly resource: object;
  readonly opts: { readonly retainOnDelete?: boolean; readonly dependsOn?: unknown };
}
interface MockMonitorClass {
  readonly MockMonitor: {
    readonly prototype: { newUrn(parent: string | undefined, type: string, name: string): string };
  };
}
interface ResourceArgs {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Given when something that exists is only looked up. */
  readonly id?: string;
}

/** How a secret travels between Pulumi's processes (pulumi, sdk/nodejs/runtime/rpc.ts, specialSecretSig). */
const SECRET = '4dabf18193072939515e22adb298388d';

const reveal = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== 'object' || value === null) return value;
  if (SECRET in value && 'value' in value) return reveal(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
};

const [root = '', workFolder = '', outputFile = '', stage = 'test'] = argv.slice(2);
const bundle = join(workFolder, 'platform', `sst.config.${process.pid}.mjs`);
const load = createRequire(join(workFolder, 'platform', 'package.json'));

// SST's names end in eight random bytes' worth of letters.
const { randomBytes } = crypto;
Object.assign(crypto, {
  randomBytes: (size: number, ...rest: []) =>
    size === 8 ? Buffer.alloc(size) : randomBytes(size, ...rest),
});

const app = await readAppConfig(stage, join(root, 'sst.config.ts'));
await bundleProgram({ root, app, stage, workFolder, outfile: bundle });
Object.assign(env, {
  SST_SERVER: await standInForCommandLine(),
  PULUMI_NODEJS_PROJECT: app.name,
  PULUMI_NODEJS_STACK: stage,
});

const { runtime } = load('@pulumi/pulumi') as Pulumi;
const { prototype: monitor } = (load('@pulumi/pulumi/runtime/mocks') as MockMonitorClass)
  .MockMonitor;
const { newUrn } = monitor;
// The engine leaves the stack out of its children's names; SST reads types out of these.
monitor.newUrn = function named(parent, type, name) {
  const isChildOfStack = parent?.includes('::pulumi:pulumi:Stack::') ?? false;
  return newUrn.call(this, isChildOfStack ? undefined : parent, type, name);
};

const resources: Resource[] = [];
const errors = new Set<string>();
const options = new Map<string, Resource['options']>();
const made = new Map<object, string>();
const note = (error: unknown): unknown =>
  errors.add(error instanceof Error ? error.message : String(error));

await runtime.setMocks(
  {
    newResource({ type, name, inputs, id = '' }: ResourceArgs) {
      const revealed = reveal(inputs) as Resource['inputs'];
      if (id === '') resources.push({ type, name, inputs: revealed, options: {} });
      return outputsOf(type, name, revealed);
    },
    call({ token }: { readonly token: string }) {
      try {
        return lookUp(token);
      } catch (error) {
        note(error);
        throw error;
      }
    },
  },
  app.name,
  stage,
  false,
);

process.on('unhandledRejection', note);
process.on('uncaughtException', note);
let outputs: unknown = {};
runtime
  .runInPulumiStack(async () => {
    runtime.registerStackTransformation(({ type, name, resource, opts }) => {
      const key = `${type} ${name}`;
      made.set(resource, key);
      const { retainOnDelete, dependsOn } = opts;
      options.set(key, {
        ...(retainOnDelete && { retainOnDelete }),
        ...(Array.isArray(dependsOn) && {
          dependsOn: dependsOn.flatMap((one) => made.get(one) ?? []),
        }),
      });
      return undefined;
    });
    return ((await import(pathToFileURL(bundle).href)) as { default: unknown }).default;
  })
  .then((given) => {
    outputs = reveal(given);
  }, note);

// A program of Pulumi has ended when nothing is left to do.
process.once('beforeExit', () => {
  rmSync(bundle, { force: true });
  const told = resources.map((resource) => ({
    ...resource,
    options: options.get(`${resource.type} ${resource.name}`) ?? {},
  }));
  writeFileSync(outputFile, JSON.stringify({ resources: told, outputs, errors: [...errors] }));
});
