import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { applyOnce } from '#node-agent/apply.ts';
import { parseOptions } from '#node-agent/options.ts';
import { hostState, SLOT, slotSpec } from './builders.ts';
import { json, startApiServer } from './fake-api-server.ts';
import { BOOT_ID, createOneLinkHost, PCI } from './one-link-host.ts';

const MAIN = new URL('../../../node-agent/main.ts', import.meta.url).pathname;
const INSTANCE_ID = 'i-0123456789abcdef0';

const setUp = () => {
  const { tree, paths } = createOneLinkHost();
  const args = (more: readonly string[]) => ['agent', 'apply', '--once', ...more, ...paths];
  return {
    tree,
    args,
    async apply(more: readonly string[], input = '') {
      let output = '';
      const code = await applyOnce(parseOptions(args(more), {}), {
        environment: {},
        input: Readable.from([input]),
        seconds: () => performance.now() / 1000,
        sleep: async () => undefined,
        write: (text) => {
          output += text;
        },
      });
      return { code, result: JSON.parse(output) as Record<string, unknown> };
    },
  };
};

const documentOf = (changes: Parameters<typeof slotSpec>[0] = {}) =>
  JSON.stringify(hostState({ [SLOT]: slotSpec(changes) }));

describe('applyOnce', () => {
  it('brings the host to the state of a document, and resolves with 0', async () => {
    const { apply, tree } = setUp();

    const { code, result } = await apply(['--desired', '-'], documentOf());

    expect(code).toBe(0);
    expect(result).toMatchObject({
      converged: true,
      host: { [SLOT]: { configured: true, mtu: 9001, interfaceName: 'ens6', pciAddress: PCI } },
    });
    expect(readFileSync(tree.path('bin/mtu'), 'utf8')).toBe('9001');
  });

  it('says in which boot it ran', async () => {
    const { apply } = setUp();

    const { result } = await apply(['--desired', '-'], documentOf());

    expect(result.bootId).toBe(BOOT_ID);
  });

  it('resolves with 1, and says why, when the host cannot be as asked', async () => {
    const { apply } = setUp();

    const { code, result } = await apply(['--desired', '-'], documentOf({ mtu: 9300 }));

    expect(code).toBe(1);
    expect(result).toMatchObject({
      converged: false,
      host: { [SLOT]: { configured: false, reason: 'MtuTooLarge' } },
    });
  });

  it('changes nothing when only the plan is asked for', async () => {
    const { apply, tree } = setUp();
    tree.file('desired.json', documentOf());

    const { code, result } = await apply(['--plan', '--desired', tree.path('desired.json')]);

    expect(code).toBe(0);
    expect(JSON.stringify(result)).toContain('set ens6 up');
    expect(readFileSync(tree.path('bin/mtu'), 'utf8')).toBe('1500');
  });

  it.each([
    { name: 'no JSON', input: '{' },
    { name: 'no NodeENIState', input: '{"spec":{"interfaces":{"a":{}}}}' },
  ])('resolves with 2 when its input is $name', async ({ input }) => {
    const { apply } = setUp();

    const { code, result } = await apply(['--desired', '-'], input);

    expect(code).toBe(2);
    expect(result).toMatchObject({ converged: false, error: expect.stringContaining('--desired') });
  });

  it('resolves with 2 when there is neither a document nor an API server', async () => {
    const { code } = await setUp().apply(['--instance-id', INSTANCE_ID]);

    expect(code).toBe(2);
  });

  it('resolves with 1 when the API server does not answer', async () => {
    const { code } = await setUp().apply([
      ...['--server', 'http://127.0.0.1:1', '--instance-id', INSTANCE_ID],
    ]);

    expect(code).toBe(1);
  });

  it('takes the object of its own instance from the API server, and writes its status there', async () => {
    const object = hostState({ [SLOT]: slotSpec() });
    const { requests, url } = await startApiServer((request, response) =>
      json(request.method === 'GET' ? object : {})(request, response),
    );

    const { code } = await setUp().apply(['--server', url, '--instance-id', INSTANCE_ID]);

    const path = `/apis/networking.k8s.aws/v1alpha1/nodeenistates/${INSTANCE_ID}`;
    expect(code).toBe(0);
    expect(requests.map((one) => [one.method, one.path])).toEqual([
      ['GET', path],
      ['PATCH', `${path}/status`],
    ]);
    expect(requests[1]?.body).toContain('"configured":true');
  });

  it('changes nothing when there is no object', async () => {
    const { requests, url } = await startApiServer(json({}, 404));

    const { code, result } = await setUp().apply(['--server', url, '--instance-id', INSTANCE_ID]);

    expect(code).toBe(0);
    expect(result).toEqual({
      converged: true,
      host: {},
      steps: [],
      findings: [],
      bootId: BOOT_ID,
    });
    expect(requests).toHaveLength(1);
  });

  it('knows its instance by the providerID of its node', async () => {
    const { requests, url } = await startApiServer((request, response) =>
      (request.path.startsWith('/api/v1/nodes/')
        ? json({ spec: { providerID: `aws:///us-east-1a/${INSTANCE_ID}` }, status: {} })
        : json({}, 404))(request, response),
    );

    await setUp().apply(['--server', url, '--node-name', 'ip-10-0-0-1.ec2.internal']);

    expect(requests.map(({ path }) => path)).toEqual([
      '/api/v1/nodes/ip-10-0-0-1.ec2.internal',
      `/apis/networking.k8s.aws/v1alpha1/nodeenistates/${INSTANCE_ID}`,
    ]);
  });
});

interface Ending {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const runMain = (args: readonly string[], input = '') =>
  new Promise<Ending>((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });

describe('the program', () => {
  it('reads its input, writes JSON, and ends with the exit code', async () => {
    const { args } = setUp();

    const { code, stdout } = await runMain(args(['--desired', '-']), documentOf({ mtu: 9300 }));

    expect(JSON.parse(stdout)).toMatchObject({ converged: false });
    expect(code).toBe(1);
  });

  it('ends with 2 and a sentence when it is given what it does not know', async () => {
    const { code, stderr } = await runMain(['agent', 'apply', '--once', '--what']);

    expect(code).toBe(2);
    expect(stderr).toContain('--what');
  });
});
