import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { applyOnce } from '../../../node-agent/apply.ts';
import { parseOptions } from '../../../node-agent/options.ts';
import { hostState, SLOT, slotSpec } from './builders.ts';
import { json, startApiServer } from './fake-api-server.ts';
import { createScratchTree } from './scratch-tree.ts';

const MAIN = new URL('../../../node-agent/main.ts', import.meta.url).pathname;
const PCI = '0000:00:06.0';
const INSTANCE_ID = 'i-0123456789abcdef0';

// Stands for the host's ip: it shows one link, and keeps what it is set to.
const IP = `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
  "ip -j -d link")
    printf '[{"ifindex":7,"ifname":"ens6","flags":[%s],"mtu":%s,"max_mtu":9216,"altnames":[%s],"address":"02:00:00:00:00:06"}]' \\
      "$(cat flags)" "$(cat mtu)" "$(cat altnames)" ;;
  "ip link set dev ens6 mtu "*) printf %s "$7" > mtu ;;
  "ip link set dev ens6 up") printf '"UP"' > flags ;;
  "ip link property add dev ens6 altname "*) printf '"%s"' "$8" > altnames ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
`;

const setUp = () => {
  const tree = createScratchTree();
  tree.file('bin/flags', '');
  tree.file('bin/mtu', '1500');
  tree.file('bin/altnames', '');
  tree.file('bin/host', IP);
  chmodSync(tree.path('bin/host'), 0o755);
  const device = `sys/bus/pci/devices/${PCI}`;
  tree.file(`${device}/class`, '0x020000\n');
  tree.file(`${device}/vendor`, '0x1d0f\n');
  tree.file(`${device}/device`, '0xec20\n');
  tree.link(`${device}/driver`, '../../drivers/ena');
  tree.link('sys/class/net/ens6/device', `../../../bus/pci/devices/${PCI}`);
  tree.file('run/udev/data/n7', 'E:ID_NET_DRIVER=ena\n');
  const { roots } = tree;
  const paths = [
    ...['--host-command', tree.path('bin/host'), '--sysfs-root', roots.sysfs],
    ...['--proc-root', roots.proc, '--udev-root', roots.udev, '--etc-root', roots.etc],
    ...['--run-root', roots.run, '--plugin-config', tree.path('etc/pcidp/config.json')],
  ];
  const args = (more: readonly string[]) => ['agent', 'apply', '--once', ...more, ...paths];
  return {
    tree,
    args,
    async apply(more: readonly string[], input = '') {
      let output = '';
      const code = await applyOnce(parseOptions(args(more), {}), {
        environment: {},
        input: Readable.from([input]),
        now: () => new Date(),
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
    expect(result).toEqual({ converged: true, host: {}, steps: [], findings: [] });
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
