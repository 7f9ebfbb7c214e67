import { chmodSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseOptions } from '#node-agent/options.ts';
import { runAgent } from '#node-agent/run.ts';
import { hostState, SLOT, slotSpec } from './builders.ts';
import { type SeenRequest, startApiServer } from './fake-api-server.ts';
import { createScratchTree } from './scratch-tree.ts';

/** A loaded machine takes its time to start a program. */
const WAIT = { timeout: 30_000 };
const INSTANCE_ID = 'i-0123456789abcdef0';
const OBJECT = {
  metadata: { name: INSTANCE_ID, resourceVersion: '7' },
  ...hostState({ [SLOT]: slotSpec() }),
};

// No link is there until the file `plugged` is; the monitor speaks when the pipe is written to.
const HOST = `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
  "ip -o monitor link") exec cat monitor ;;
  "ip -j -d link") if [ -e plugged ]; then cat plugged; else echo '[]'; fi ;;
esac
`;

const LINK =
  '[{"ifindex":7,"ifname":"ens6","flags":["UP"],"mtu":9001,"altnames":["eni-06","eth2"],"address":"02:00:00:00:00:06"}]';

const start = async () => {
  const tree = createScratchTree();
  tree.file('bin/host', HOST);
  chmodSync(tree.path('bin/host'), 0o755);
  tree.pipe('bin/monitor');
  const streams: ServerResponse[] = [];
  const patches: SeenRequest[] = [];
  const events: SeenRequest[] = [];
  const { url } = await startApiServer((request, response) => {
    if (request.query.watch === 'true') {
      response.writeHead(200).flushHeaders();
      streams.push(response);
      return;
    }
    if (request.method === 'PATCH') patches.push(request);
    if (request.method === 'POST') events.push(request);
    response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [OBJECT] }));
  });
  const { roots } = tree;
  let port: unknown;
  const ending = new AbortController();
  const done = runAgent(
    parseOptions(
      [
        ...['agent', 'run', '--server', url, '--instance-id', INSTANCE_ID],
        ...['--host-command', tree.path('bin/host'), '--sysfs-root', roots.sysfs],
        ...['--proc-root', roots.proc, '--udev-root', roots.udev, '--etc-root', tree.path('etc')],
        ...['--run-root', roots.run],
        ...['--port', '0', '--node-name', 'node-1'],
      ],
      {},
    ),
    {
      environment: {},
      log(_level, _message, fields) {
        if (fields !== undefined && 'port' in fields) port = fields.port;
      },
      now: () => new Date(),
      sleep: (milliseconds) => sleepFor(milliseconds),
      signal: ending.signal,
    },
  );
  onTestFinished(async () => {
    ending.abort();
    await done;
  });
  const statusOf = (patch: SeenRequest | undefined) =>
    (JSON.parse(patch?.body ?? '{}') as { status?: { host?: Record<string, unknown> } }).status
      ?.host?.[SLOT];
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  /** A device appears, udev names its link, and the monitor says so. */
  const plug = ({ vendor, device, driver }: Record<'vendor' | 'device' | 'driver', string>) => {
    const folder = 'sys/bus/pci/devices/0000:00:06.0';
    tree.file(`${folder}/class`, '0x020000\n');
    tree.file(`${folder}/vendor`, `${vendor}\n`);
    tree.file(`${folder}/device`, `${device}\n`);
    tree.link(`${folder}/driver`, `../../drivers/${driver}`);
    tree.link('sys/class/net/ens6/device', '../../../bus/pci/devices/0000:00:06.0');
    tree.file('run/udev/data/n7', '');
    tree.file('bin/plugged', LINK);
    tree.file('bin/monitor', '7: ens6: <BROADCAST,MULTICAST> mtu 1500\n');
  };
  return { plug, streams, patches, events, statusOf, ask, ending, done };
};

describe('runAgent', () => {
  it('reports what is there at once, and what appears when the monitor speaks', async () => {
    const { plug, patches, statusOf } = await start();
    await vi.waitFor(() => expect(patches).toHaveLength(1), WAIT);

    plug({ vendor: '0x1d0f', device: '0xec20', driver: 'ena' });

    await vi.waitFor(() => expect(patches).toHaveLength(2), WAIT);
    expect(statusOf(patches[0])).toMatchObject({ configured: false, reason: 'DeviceNotSeen' });
    expect(statusOf(patches[1])).toMatchObject({ configured: true, interfaceName: 'ens6' });
  });

  it('is healthy once it has reconciled, and counts what it does', async () => {
    const { patches, ask } = await start();
    await vi.waitFor(() => expect(patches).toHaveLength(1), WAIT);

    await vi.waitFor(
      async () => expect(await ask('/healthz')).toMatchObject({ status: 200 }),
      WAIT,
    );

    const { text } = await ask('/metrics');
    expect(text).toContain('nodeeni_agent_reconciles_total{outcome="done"}');
    expect(text).toContain('nodeeni_agent_findings{reason="DeviceNotSeen"} 1');
  });

  it('records on the node what a person must act on, once', async () => {
    const { plug, patches, events } = await start();
    await vi.waitFor(() => expect(patches).toHaveLength(1), WAIT);

    plug({ vendor: '0x8086', device: '0x10d3', driver: 'e1000e' });

    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(JSON.parse(events[0]?.body ?? '')).toMatchObject({
      involvedObject: { kind: 'Node', name: 'node-1' },
      type: 'Warning',
      reason: 'UnsupportedDevice',
    });
  });

  it('ends at the signal', async () => {
    const { ending, done, patches } = await start();
    await vi.waitFor(() => expect(patches).toHaveLength(1), WAIT);

    ending.abort();

    await expect(done).resolves.toBeUndefined();
  });

  it('waits, and is well, on a node that is no EC2 instance, and begins when the Node names one', async () => {
    let providerID = 'eks-hybrid:///us-east-1/prod/mi-0123456789abcdef0';
    const tree = createScratchTree();
    const { url, requests } = await startApiServer((request, response) => {
      const node = { spec: { providerID }, status: {} };
      const isNode = request.path.endsWith('/nodes/node-1');
      response.end(JSON.stringify(isNode ? node : { metadata: {}, items: [] }));
    });
    const ending = new AbortController();
    let port: unknown;
    const done = runAgent(
      parseOptions(
        [
          ...['agent', 'run', '--server', url, '--node-name', 'node-1', '--port', '0'],
          ...['--run-root', tree.roots.run, '--host-command', 'true'],
        ],
        {},
      ),
      {
        environment: {},
        log: (_level, _message, fields) => {
          if (fields !== undefined && 'port' in fields) port = fields.port;
        },
        now: () => new Date(),
        sleep: () => sleepFor(10),
        signal: ending.signal,
      },
    );
    const asksForState = () => requests.some(({ path }) => path.includes('nodeenistates'));

    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(2), WAIT);
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    const askedBefore = asksForState();
    providerID = `aws:///us-east-1a/${INSTANCE_ID}`;

    await vi.waitFor(() => expect(asksForState()).toBe(true), WAIT);
    expect({ status: health.status, askedBefore }).toEqual({ status: 200, askedBefore: false });
    ending.abort();
    await done;
  });
});
