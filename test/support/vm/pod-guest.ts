import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ensureCniBinaries } from '#test/support/servers/cni-binaries.ts';
import type { CommandResult } from '#test/support/servers/run-command.ts';
import { REPOSITORY } from './image.ts';
import type { Machine } from './machine.ts';
import { HOST_SEEN_BY_GUEST } from './qemu.ts';

/** Below the repository, which guests see. */
const BINARIES = '.cache/cni';

let shared: Promise<void> | undefined;

/** Puts Multus and the plugins where guests find them. */
const shareBinaries = (): Promise<void> => {
  shared ??= copyBinaries();
  return shared;
};

/** Files run side by side, and none is to find half a program. */
const copyWhole = async (source: string, target: string): Promise<void> => {
  if (existsSync(target)) return;
  const draft = `${target}.making-${process.pid}`;
  await cp(source, draft);
  await rename(draft, target);
};

const copyBinaries = async (): Promise<void> => {
  const { folder } = await ensureCniBinaries();
  await mkdir(join(REPOSITORY, BINARIES), { recursive: true });
  for (const name of ['multus', 'ipvlan', 'host-device', 'host-local'])
    await copyWhole(join(folder, name), join(REPOSITORY, BINARIES, name));
};

/** Of the API server what Multus asks: the pod, and the network by its name. Resolves with its URL for guests. */
const startMultusServer = async (network: string): Promise<string> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://server');
    const name = pathname.split('/').find((_, at, all) => all[at - 1] === 'pods');
    const metadata = { namespace: 'default', uid: name ?? network };
    const annotations = { 'k8s.v1.cni.cncf.io/networks': network };
    response.setHeader('content-type', 'application/json');
    const object =
      name === undefined
        ? { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' }
        : { apiVersion: 'v1', kind: 'Pod' };
    request.resume();
    response.end(
      JSON.stringify({ ...object, metadata: { ...metadata, name: name ?? network, annotations } }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${HOST_SEEN_BY_GUEST}:${(server.address() as AddressInfo).port}`;
};

/** Pods of a guest, by Multus and the plugins; a pod is a network namespace. */
export type PodGuest = {
  /** Options of the agent that the guest needs for that. */
  readonly options: string;
  /** Installs Multus; after each boot, as an image would have it. What its folders held before the boot is there again. */
  readonly install: () => Promise<void>;
  readonly start: (pod: string) => Promise<CommandResult>;
  /** Addresses of `net1`. */
  readonly addresses: (pod: string) => Promise<readonly string[]>;
};

export const createPodGuest = async (machine: Machine, network: string): Promise<PodGuest> => {
  await shareBinaries();
  const url = await startMultusServer(network);
  const config = JSON.stringify({
    ...{ cniVersion: '0.4.0', name: 'multus-cni-network', type: 'multus' },
    ...{ kubeconfig: '/etc/cni/kubeconfig', binDir: `/repository/${BINARIES}` },
    delegates: [{ cniVersion: '0.4.0', name: 'default', type: 'nothing' }],
  });
  const kubeconfig = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server: url } }],
    users: [{ name: 'c', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  });
  const inGuest = (pod: string) =>
    [
      ...['CNI_COMMAND=ADD', `CNI_CONTAINERID=${pod}`, `CNI_NETNS=/run/netns/${pod}`],
      ...['CNI_IFNAME=eth0', `CNI_PATH=/run/cni:/repository/${BINARIES}`],
      `"CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${pod};K8S_POD_UID=${pod};K8S_POD_INFRA_CONTAINER_ID=${pod}"`,
    ].join(' ');

  return {
    options: `--cni-plugin-folder /repository/${BINARIES}`,
    // The disk of a node keeps /etc and /var over a boot.
    install: async () => {
      await machine.tell(`
        mkdir -p /exchange/disk/multus /exchange/disk/cache /etc/cni/net.d /etc/cni/multus/net.d /var/lib/cni/multus /run/cni
        mount --bind /exchange/disk/multus /etc/cni/multus/net.d
        mount --bind /exchange/disk/cache /var/lib/cni/multus
        echo '${config}' > /etc/cni/net.d/00-multus.conf
        echo '${kubeconfig}' > /etc/cni/kubeconfig
        printf '%s\\n' '#!/bin/bash' 'cat > /dev/null' '[ "$CNI_COMMAND" = ADD ] && echo "{\\"cniVersion\\":\\"0.4.0\\",\\"ips\\":[]}"' 'exit 0' > /run/cni/nothing
        chmod 755 /run/cni/nothing`);
    },
    start: (pod) =>
      machine.run(`
        ip netns add ${pod} && ip -n ${pod} link set dev lo up
        env ${inGuest(pod)} /repository/${BINARIES}/multus < /etc/cni/net.d/00-multus.conf`),
    async addresses(pod) {
      const text = await machine.tell(`ip -n ${pod} -o address show dev net1 scope global`);
      return [...text.matchAll(/inet6? ([^/]+)\//g)].map(([, address = '']) => address);
    },
  };
};
