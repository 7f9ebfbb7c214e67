import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { runProgram } from '#cli/run-program.ts';
import { FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';

/** What people start as `nodeeni`. */
export const PROGRAM = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The least a program is started with. */
export const PROGRAM_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
};

export type Tags = Readonly<Record<string, string>>;

/** What a cluster and an account hold; a test changes it before it runs a command. */
export interface Holdings {
  /** Names of NodeENIs. */
  nodeEnis: string[];
  /** Instances of the Nodes by id; undefined for one that EC2 does not know. */
  instances: Record<string, Tags | undefined>;
  /** Cluster names on the ENIs of this cluster's uid. */
  eniNames: string[];
  /** STS's refusal, if it refuses. */
  stsRefusal?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const UID = 'the-uid';

const tagSet = (tags: Tags): string =>
  `<tagSet>${Object.entries(tags)
    .map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
    .join('')}</tagSet>`;

const ec2Answer = (action: string, { instances, eniNames }: Holdings): string => {
  const items =
    action === 'DescribeInstances'
      ? Object.entries(instances).map(([id, tags]) =>
          tags === undefined
            ? ''
            : `<item><instancesSet><item><instanceId>${id}</instanceId><instanceState><name>running</name></instanceState>${tagSet(tags)}</item></instancesSet></item>`,
        )
      : eniNames.map(
          (name, index) =>
            `<item><networkInterfaceId>eni-${index}</networkInterfaceId>${tagSet({ [TAGS.cluster]: name, [TAGS.clusterUid]: UID })}</item>`,
        );
  const set = action === 'DescribeInstances' ? 'reservationSet' : 'networkInterfaceSet';
  return `<${action}Response><${set}>${items.join('')}</${set}></${action}Response>`;
};

const STS_ANSWER =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

const kubernetesAnswer = (method: string, path: string, holdings: Holdings) => {
  const list = (items: readonly object[]) => ({ metadata: { resourceVersion: '1' }, items });
  if (path === '/api/v1/namespaces/kube-system')
    return { metadata: { name: 'kube-system', uid: UID } };
  if (path === '/api/v1/nodes')
    return list(
      Object.keys(holdings.instances).map((id) => ({
        metadata: { name: `node-${id}` },
        spec: { providerID: `aws:///eu-west-1a/${id}` },
      })),
    );
  if (path.endsWith('/nodeenistates')) return list([]);
  const [, name] = /\/nodeenis(?:\/([^/]+))?$/.exec(path) ?? [path];
  if (name === path) return undefined;
  if (method === 'DELETE') holdings.nodeEnis = holdings.nodeEnis.filter((each) => each !== name);
  const spec = { nodeSelector: { ng: 'x' }, subnetID: 'subnet-1', securityGroupIDs: ['sg-1'] };
  return list(
    holdings.nodeEnis.map((each) => ({
      metadata: { name: each, uid: `uid-${each}`, finalizers: [FINALIZER] },
      spec,
    })),
  );
};

const listen = async (handle: RequestListener): Promise<Server> => {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const urlOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Notes who listens to signals. Out: takes off whoever has come since; a command listens until its process ends. */
const noteListeners = (): (() => void) => {
  const known = SIGNALS.map((name) => [name, new Set(process.listeners(name))] as const);
  return () => {
    for (const [name, listeners] of known)
      for (const listener of process.listeners(name))
        if (!listeners.has(listener)) process.off(name, listener);
  };
};

/** Runs the command in this process, whose environment, output and signals are put aside meanwhile. */
export const runHere = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> => {
  let code = 0;
  const told = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      told[stream] += text;
      return true;
    }),
  );
  const before = process.env;
  const dropListeners = noteListeners();
  process.env = env;
  try {
    const exit = (given: number): void => {
      code = given;
    };
    await runProgram(createProgram(exit), args, exit);
  } finally {
    process.env = before;
    dropListeners();
    for (const spy of spies) spy.mockRestore();
  }
  return { code, ...told };
};

/**
 * An API server and an AWS endpoint that answer just enough for a command to start, and the command, in an
 * environment that knows nothing else.
 */
export const openCommandWorld = async () => {
  const home = mkdtempSync(join(tmpdir(), 'nodeeni-'));
  const holdings: Holdings = { nodeEnis: ['data'], instances: {}, eniNames: [] };
  const requests: string[] = [];
  const cluster = await listen((request, response) => {
    const { method = '', url = '/' } = request;
    const { pathname } = new URL(url, 'http://x');
    requests.push(`${method} ${pathname}`);
    const body = kubernetesAnswer(method, pathname, holdings);
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? { message: 'not found' }));
  });
  const aws = await listen((request, response) => {
    void text(request).then((body) => {
      const action = new URLSearchParams(body).get('Action') ?? '';
      requests.push(`${action} ${request.url}`);
      const { stsRefusal } = holdings;
      if (action === 'GetCallerIdentity' && stsRefusal !== undefined)
        return response
          .writeHead(403)
          .end(
            `<ErrorResponse><Error><Code>${stsRefusal}</Code><Message>The security token is expired</Message></Error></ErrorResponse>`,
          );
      response.end(action === 'GetCallerIdentity' ? STS_ANSWER : ec2Answer(action, holdings));
    });
  });

  const writeKubeConfig = (name: string, server = urlOf(cluster), user: object = {}): string => {
    const file = join(home, `${name}.config`);
    const content = {
      'current-context': name,
      clusters: [{ name, cluster: { server } }],
      contexts: [{ name, context: { cluster: name, user: 'u' } }],
      users: [{ name: 'u', user }],
    };
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  const environment = (): NodeJS.ProcessEnv => ({
    ...PROGRAM_ENVIRONMENT,
    HOME: home,
    KUBECONFIG: writeKubeConfig('work'),
    CLUSTER_NAME: 'prod',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: urlOf(aws),
  });

  const runProgram = async (
    program: string,
    args: readonly string[],
    typed = '',
  ): Promise<Ended> => {
    const child = spawn(program, args, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.write(typed);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code: child.exitCode, stdout, stderr };
  };

  return {
    holdings,
    /** All that was asked of the cluster and of AWS so far. */
    requests,
    awsUrl: urlOf(aws),
    writeKubeConfig,
    /** In this process: starting one of its own takes seconds. */
    run: (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
      runHere(args, { ...environment(), ...env }),
    /** A line of the shell, in which `nodeeni` is the command. */
    runInShell: (line: string): Promise<Ended> =>
      runProgram('bash', ['-c', `nodeeni() { ${process.execPath} ${PROGRAM} "$@"; }; ${line}`]),
    /** On a terminal of its own, into which this is typed. */
    runOnTerminal: (args: readonly string[], typed: string): Promise<Ended> =>
      runProgram(
        'script',
        ['-qec', [process.execPath, PROGRAM, ...args].join(' '), '/dev/null'],
        typed,
      ),
    close: () => {
      for (const server of [cluster, aws]) {
        server.close();
        server.closeAllConnections();
      }
      rmSync(home, { recursive: true });
    },
  };
};
