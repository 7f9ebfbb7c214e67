import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, runOrThrow } from '#test/support/servers/run-command.ts';
import { apply, manifestFor } from '../e2e/manifests.ts';
import { openScene } from '../e2e/scene.ts';
import { type Stage, startStage } from '../e2e/stage.ts';
import { createUser, NODES, pack } from './package.ts';

const folders: string[] = [];
let tarball: string;
let stage: Stage;

const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nodeeni-package-'));
  folders.push(folder);
  return folder;
};

beforeAll(async () => {
  tarball = await pack(emptyFolder());
  stage = await startStage();
});

afterAll(async () => {
  await stage?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the package', () => {
  it('holds no source, no test and no secret of the checkout', async () => {
    const files = (await runOrThrow('tar', ['tzf', tarball])).trim().split('\n');

    const tops = new Set(files.map((file) => file.split('/').slice(1, 3).join('/')));
    expect([...tops].filter((top) => /^(src|test|stacks|functions|\.)/.test(top))).toEqual([]);
    expect(files).toContain('package/bin/nodeeni.js');
    expect(files).toContain('package/dist/agent/agent.mjs');
    expect(files).toContain('package/LICENSE');
  });

  it('brings the licences of all that is in its bundles', async () => {
    const notices = await runOrThrow('tar', [
      'xzOf',
      tarball,
      'package/dist/THIRD-PARTY-NOTICES.txt',
    ]);

    expect(notices).toContain('@aws-sdk/client-ec2');
    expect(notices).toContain('commander');
  });
});

const TYPED = `
import { loadNodeEni, type NodeEniSpec } from 'nodeeni/objects';
import { planInstance, type Observed } from 'nodeeni/plan';
import { createWorld } from 'nodeeni/simulator';
declare const observed: Observed;
export const actions = planInstance(observed).slots.map(({ action }) => action?.type);
export const spec: Partial<NodeEniSpec> = { deviceIndex: 2, linkMode: 'Unmanaged' };
export const loaded = loadNodeEni({});
export const now: Date = createWorld().clock.now();
`;

it('types what programs import, and tells them of a field that is none', async () => {
  const folder = emptyFolder();
  const run = await createUser(NODES[2], folder);
  await run('npm', ['install', '--no-audit', '--no-fund', '--offline', tarball]);
  const check = async (text: string) => {
    await writeFile(join(folder, 'program.mts'), text);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
    return runCommand(join(process.cwd(), 'node_modules/.bin/tsc'), [...options, 'program.mts'], {
      cwd: folder,
    });
  };

  const right = await check(TYPED);
  const wrong = await check(TYPED.replace('deviceIndex: 2', 'deviceIndexes: 2'));

  expect(right).toMatchObject({ code: 0, stdout: '' });
  expect(wrong.stdout).toContain('deviceIndexes');
});

describe.each(NODES)('the package on Node %s, in an empty folder', (version) => {
  let run: Awaited<ReturnType<typeof createUser>>;

  beforeAll(async () => {
    const folder = emptyFolder();
    run = await createUser(version, folder);
    const { code, stdout, stderr } = await run('npm', [
      ...['install', '--no-audit', '--no-fund', '--offline', tarball],
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringContaining('added 1 package'),
      stderr: '',
    });
  });

  it('tells the whole story on the simulator', async () => {
    const { code, stdout, stderr } = await run('npx', ['nodeeni', 'demo']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });

  it('is a plugin of kubectl, on a real API server', async () => {
    await using scene = await openScene(stage);
    await apply(scene, manifestFor(scene.fleet));
    const env = {
      KUBECONFIG: stage.kubeconfigFile,
      AWS_ENDPOINT_URL: scene.proxy.url,
      AWS_ACCESS_KEY_ID: 'e2e',
      AWS_SECRET_ACCESS_KEY: 'e2e',
      AWS_REGION: 'us-east-1',
      CLUSTER_NAME: scene.fleet.cluster,
    };

    const { code, stdout } = await run('kubectl', ['nodeeni', 'plan', '--detailed-exitcode'], env);

    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringMatching(/create/i) });
    expect((await run('kubectl', ['nodeeni', '--help'])).stdout).toContain('kubectl nodeeni');
  });

  it('gives programs its objects, its plan and its simulator', async () => {
    const example = 'node_modules/nodeeni/examples/library.mjs';

    const { code, stdout, stderr } = await run('node', [example]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^planned: create an ENI in subnet-\w+ for data\/subnet-\w+$/m);
    expect(stdout).toMatch(/^made: eni-\w+, at index 2$/m);
  });

  it('prints the agent that it was built with', async () => {
    const { stdout } = await run('npx', ['nodeeni', 'manifests', '--agent']);

    expect(stdout).toContain('kind: DaemonSet');
    expect(stdout.length).toBeGreaterThan(readFileSync('dist/agent/agent.mjs').length);
  });
});
