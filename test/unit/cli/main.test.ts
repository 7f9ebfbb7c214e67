import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM, PROGRAM_ENVIRONMENT, runHere } from '#test/support/command-world.ts';

let home: string;
let cluster: Server;
let hasCrds = true;

const answerFor = (path: string): { readonly status: number; readonly body: object } => {
  if (path === '/api/v1/namespaces/kube-system')
    return { status: 200, body: { metadata: { name: 'kube-system', uid: 'u' } } };
  if (hasCrds && path.startsWith('/apis/networking.k8s.aws/v1alpha1/'))
    return { status: 200, body: { metadata: { resourceVersion: '1' }, items: [] } };
  return { status: 404, body: { message: 'the server could not find the requested resource' } };
};

const kubeconfigFor = (server: string, user: object = {}): string => {
  const file = join(home, `config-${Math.random()}`);
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
};

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'nodeeni-'));
  cluster = createServer((request, response) => {
    const { status, body } = answerFor(new URL(request.url ?? '/', 'http://x').pathname);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(cluster, 'listening');
});

afterAll(() => {
  cluster.close();
  rmSync(home, { recursive: true });
});

const clusterUrl = (): string => `http://127.0.0.1:${(cluster.address() as AddressInfo).port}`;

/** Runs the command in an environment that knows neither AWS nor Kubernetes. */
const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runHere(args, { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env });

const local = (kubeconfig: string, ...args: readonly string[]): readonly string[] => [
  'local',
  '--cluster=prod',
  `--kubeconfig=${kubeconfig}`,
  ...args,
];

/** One sentence or two on one line, and no stack. */
const oneLine = /^[^\n]+\n$/;

describe('nodeeni', () => {
  it('shows its commands', async () => {
    const { code, stdout } = await run(['--help']);

    expect(code).toBe(0);
    for (const command of [
      'demo',
      'local',
      'plan',
      'explain',
      'doctor',
      'retry',
      'adopt',
      'gc',
      'manifests',
      'release',
      'simulate',
      'uninstall',
      'version',
      'completion',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each([
    'plan',
    'explain',
    'doctor',
    'retry',
    'adopt',
    'gc',
    'local',
    'manifests',
    'release',
    'simulate',
    'uninstall',
    'version',
    'completion',
  ])('%s shows an example', async (command) => {
    const { code, stdout } = await run([command, '--help']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}nodeeni /);
  });

  it('knows no other command', async () => {
    const { code, stderr } = await run(['destroy']);

    expect(code).toBe(1);
    expect(stderr).toContain("unknown command 'destroy'");
  });
});

describe('nodeeni version', () => {
  it('prints itself, the API and Node, also as JSON', async () => {
    const text = await run(['version']);
    const json = await run(['version', '--output=json']);

    expect(text.stdout).toMatch(/^nodeeni +\d+\.\d+\.\d+\napi +networking\.k8s\.aws\/v1alpha1\n/);
    expect(JSON.parse(json.stdout)).toMatchObject({ node: process.versions.node });
  });
});

describe('nodeeni completion', () => {
  it('answers what its scripts ask', async () => {
    const { code, stdout } = await run(['complete', '--', 'pl']);

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^plan\t[^\n]+\n:4\n$/),
    });
  });

  it('prints nothing for a shell that it does not know', async () => {
    const { code, stdout, stderr } = await run(['completion', 'tcsh']);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
  });
});

describe('nodeeni manifests', () => {
  it('ends quietly when its reader stops early', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'manifests'], {
      env: PROGRAM_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();

    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('prints the objects of a cluster without a cluster or an account', async () => {
    const { code, stdout } = await run(['manifests', '--without-crds', '--group=team:nodeeni']);

    expect(code).toBe(0);
    expect(stdout).toContain('name: team:nodeeni');
    expect(stdout).not.toMatch(/CustomResourceDefinition|Webhook/);
  });

  it('says in one sentence what is wrong with the URL', async () => {
    const { code, stderr } = await run(['manifests', '--webhook-url=http://relay/secret']);

    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
  });
});

describe('nodeeni local', () => {
  it('says that the kubeconfig is missing', async () => {
    const { code, stderr } = await run(local('/nowhere/config'));

    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(oneLine) });
    expect(stderr).toContain('There is no kubeconfig at /nowhere/config.');
  });

  it('says which contexts there are when the one asked for is not', async () => {
    const { code, stderr } = await run(local(kubeconfigFor(clusterUrl()), '--context=other'));

    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('no context "other". It has: c.');
  });

  it('says that the cluster does not answer', async () => {
    const { code, stderr } = await run(local(kubeconfigFor('http://127.0.0.1:9')));

    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('The cluster does not answer');
  });

  it('says that the program the kubeconfig names for credentials is missing', async () => {
    const file = kubeconfigFor('https://127.0.0.1:9', {
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-program' },
    });

    const { code, stderr } = await run(local(file));

    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('The kubeconfig cannot be used: ');
    expect(stderr).toContain('no-such-program');
  });

  it('says that the CRDs are missing and how to install them', async () => {
    hasCrds = false;
    const { code, stderr } = await run(local(kubeconfigFor(clusterUrl())));
    hasCrds = true;

    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('kubectl apply --server-side -f crds/');
  });

  it('says that no region is set', async () => {
    const { code, stderr } = await run(local(kubeconfigFor(clusterUrl())));

    expect(code).toBe(1);
    expect(stderr).toBe('No AWS region is set. Give --region or set AWS_REGION.\n');
  });

  it('says that there are no credentials', async () => {
    const { code, stderr } = await run(local(kubeconfigFor(clusterUrl()), '--region=eu-west-1'));

    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('No AWS credentials were found. Set AWS_PROFILE');
  });

  it.each([
    ['--sweep-interval=5', 'Write a number and a unit: 30s, 5m or 1h.'],
    ['--budget=2', 'above 0, at most 1'],
    ['--port=http', 'Write a port'],
  ])('says what is wrong with %s', async (option, reason) => {
    const { code, stderr } = await run(local('/nowhere', option));

    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });

  it.each([[], ['--agent-bundle=agent.mjs']])(
    'says that commands need the address of the agent, with %o',
    async (...args) => {
      const { code, stderr } = await run(local('/nowhere/config', '--host=ssm', ...args));

      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(oneLine) });
      expect(stderr).toContain('--agent-bundle https://');
    },
  );

  it('prints no secret of the environment', async () => {
    const { stdout, stderr } = await run(
      local(kubeconfigFor('http://127.0.0.1:9'), '--region=eu-west-1'),
      { AWS_ACCESS_KEY_ID: 'AKIDSECRET', AWS_SECRET_ACCESS_KEY: 'very-secret' },
    );

    expect(stdout + stderr).not.toMatch(/AKIDSECRET|very-secret/);
  });
});
