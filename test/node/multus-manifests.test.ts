import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { eventually } from '#test/e2e/outcomes.ts';
import { sendDatagram } from '#test/support/node/datagram.ts';
import type { Attached } from '#test/support/node/node-host.ts';
import { createPodStage } from '#test/support/node/pod-stage.ts';
import { defineNetwork, type Pod } from '#test/support/node/pods.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly config: string };
}

const FILE = new URL('../fixtures/multus-manifests.yaml', import.meta.url);
const DEFINITIONS = parseAllDocuments(readFileSync(FILE, 'utf8')).map(
  (document) => document.toJS() as Definition,
);
const LINKS = [1, 2, 3];
const READY = { configured: true };
const BYTES = 100;

/** host-local keeps its notes on the host, which all hosts of these tests share: each gets a folder of its own. */
const withFolder = (config: string, dataDir: string): string => {
  const { ipam, ...network } = JSON.parse(config) as { readonly ipam: object };
  return JSON.stringify({ ...network, ipam: { ...ipam, dataDir } });
};

/** A host with three ENIs, whose links are as the agent has made them, and the networks of the manifests. */
const settle = async () => {
  const stage = await createPodStage();
  const { host, client, ask, reported, runtime, startAgent } = stage;
  await ask(Object.fromEntries(LINKS.map((number) => [slotOf(number), rowOf(number)])));
  startAgent();
  const attached = await host.attach(
    ...LINKS.map((number) => attachmentOf(number, `ens${number + 4}`)),
  );
  const all = Object.fromEntries(LINKS.map((number) => [slotOf(number), READY]));
  await eventually(async () => expect(await reported()).toMatchObject(all));
  for (const { metadata, spec } of DEFINITIONS)
    await defineNetwork(client, metadata.name, {
      config: withFolder(spec.config, host.tree.path('var/lib/cni/networks')),
    });
  onTestFinished(async () => {
    const path = '/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions';
    for (const { metadata } of DEFINITIONS) await client.call('DELETE', `${path}/${metadata.name}`);
  });
  return {
    links: host.links,
    async start(networks: string) {
      const pod = await runtime.start(networks);
      onTestFinished(pod.stop);
      return pod;
    },
    /** Something else in the subnet of an ENI, beyond its link. */
    async addNeighbour(number: number, address: string): Promise<void> {
      const { wire } = attached[number - 1] as Attached;
      await host.subnet.ip('address', 'add', address, 'dev', wire);
    },
    send: ({ namespace }: Pod, neighbour: string) =>
      sendDatagram(namespace, host.subnet, neighbour.split('/')[0] ?? '', BYTES),
  };
};

/** Where the kernel has no ipvlan, macvlan is asked for the same. No manifest asks for a VLAN: `vlan` is no key of host-device (CNI plugins 1.9). */
describe('a pod on a network that others have written, on the links of NodeENIs', () => {
  it.each([
    ['secondary-network', 2, '192.168.1.200', '192.168.1.1/24'],
    ['data-network', 1, '10.10.0.2', '10.10.0.1/16'],
  ])('%s has an address, and reaches its subnet', async (network, number, address, neighbour) => {
    const { start, addNeighbour, links, send } = await settle();
    await addNeighbour(number, neighbour);
    const before = await links();

    const pod = await start(network);

    expect(await pod.addresses()).toEqual([address]);
    expect(await send(pod, neighbour)).toMatchObject({ bytes: BYTES });
    await pod.stop();
    expect(await links()).toEqual(before);
  });

  it('has an interface on each of two links, by the order of its annotation or by names', async () => {
    const { start, addNeighbour, send } = await settle();
    const neighbours = ['10.1.0.1/24', '10.2.0.1/24'];
    for (const [at, neighbour] of neighbours.entries()) await addNeighbour(at + 2, neighbour);
    const names = [
      { name: 'subnet1-network', interface: 'data1' },
      { name: 'subnet2-network', interface: 'mgmt0' },
    ];

    const inOrder = await start('subnet1-network,subnet2-network');
    const byName = await start(JSON.stringify(names));

    expect(await inOrder.addresses('net1')).toEqual(['10.1.0.100']);
    expect(await inOrder.addresses('net2')).toEqual(['10.2.0.100']);
    expect(await byName.addresses('data1')).toEqual(['10.1.0.101']);
    expect(await byName.addresses('mgmt0')).toEqual(['10.2.0.101']);
    for (const pod of [inOrder, byName])
      for (const neighbour of neighbours)
        expect(await send(pod, neighbour)).toMatchObject({ bytes: BYTES });
  });

  it('is on a bridge of the host with others of its tenant, beside the links, which stay as they are', async () => {
    const { start, links } = await settle();
    const before = await links();

    const [one, two] = [await start('tenant-a-net'), await start('tenant-a-net')];
    const other = await start('tenant-b-net');

    const [address = ''] = await two.addresses();
    expect(address).toBe('10.100.0.3');
    expect(await sendDatagram(one.namespace, two.namespace, address, BYTES)).toMatchObject({
      bytes: BYTES,
    });
    await expect(other.namespace.ip('route', 'get', address)).rejects.toThrow('unreachable');
    expect(await links()).toEqual(expect.arrayContaining([...before]));
  });
});
