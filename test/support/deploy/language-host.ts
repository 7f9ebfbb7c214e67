import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { argv, env, execPath, stdout } from 'node:process';
import { ENGINE_VERSION } from './engine.ts';
import { loadProtocol, type Message, type MessageClass } from './platform-modules.ts';

/**
 * Runs the engine's programs for Node, by the runner of Pulumi's own npm package. The real host is a Go program that is in no
 * registry; what it does beyond this is to find and install packages. In: the folder of SST's sources, and the arguments
 * that the engine gives, its address last. Says on standard output where it is served.
 */
const [platformFolder = '', ...given] = argv.slice(2);
const engine = given.findLast((argument) => /^127\.0\.0\.1:/.test(argument)) ?? '';

/** How the runner says that it has told of its error by itself (pulumi, sdk/nodejs/cmd/run). */
const HAS_TOLD = 32;

interface RunRequest {
  readonly project: string;
  readonly stack: string;
  readonly pwd: string;
  readonly program: string;
  readonly parallel: number;
  readonly dryrun: boolean;
  readonly organization: string;
  readonly monitorAddress: string;
  readonly configMap: readonly (readonly [string, string])[];
  readonly configsecretkeysList: readonly string[];
  readonly info?: {
    readonly rootDirectory: string;
    readonly programDirectory: string;
    readonly entryPoint: string;
  };
}

const pulumi = loadProtocol(platformFolder);
const language = pulumi.protocol('language', 'LanguageRuntimeService');
const plugin = pulumi.protocol('plugin', 'PluginInfo');

const make = (from: Readonly<Record<string, MessageClass>>, name: string): Message => {
  const Class = from[name];
  if (Class === undefined) throw new Error(`Pulumi's protocol has no ${name}`);
  return new Class();
};

const programOf = ({ info, pwd, program }: RunRequest): string => {
  const folder = info?.programDirectory || program || pwd;
  const entryPoint = info?.entryPoint ?? '.';
  return entryPoint === '.' ? folder : join(folder, entryPoint);
};

const run = (request: RunRequest): Promise<number> => {
  const args = [
    join(platformFolder, 'node_modules', '@pulumi', 'pulumi', 'cmd', 'run', 'index.js'),
    ...['--monitor', request.monitorAddress, '--engine', engine],
    ...['--project', request.project, '--stack', request.stack],
    ...['--organization', request.organization, '--pwd', request.pwd],
    ...['--root-directory', request.info?.rootDirectory ?? request.pwd],
    ...['--parallel', `${request.parallel || 16}`],
    ...(request.dryrun ? ['--dry-run'] : []),
    programOf(request),
  ];
  const child = spawn(execPath, args, {
    cwd: request.pwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.configMap)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.configsecretkeysList),
    },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
};

const { port } = await pulumi.serve(language, {
  handshake: () => make(language.messages, 'LanguageHandshakeResponse'),
  getRequiredPlugins: () => make(language.messages, 'GetRequiredPluginsResponse'),
  getRequiredPackages: () => make(language.messages, 'GetRequiredPackagesResponse'),
  about: () => make(language.messages, 'AboutResponse'),
  cancel: () => pulumi.empty(),
  getPluginInfo: () => {
    const info = make(plugin.messages, 'PluginInfo');
    info.setVersion?.(ENGINE_VERSION);
    return info;
  },
  run: async (request) => {
    const code = await run(request.toObject?.() as RunRequest);
    const response = make(language.messages, 'RunResponse');
    if (code === HAS_TOLD) response.setBail?.(true);
    else if (code !== 0) response.setError?.(`the program ended with ${code}`);
    return response;
  },
});
stdout.write(`${port}\n`);
