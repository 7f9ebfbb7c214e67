import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasIpvlan, macvlanInstead } from '#test/support/node/ipvlan.ts';
import { ensureCniBinaries } from '#test/support/servers/cni-binaries.ts';
import { writeKubeconfig } from '#test/support/servers/kubeconfig.ts';
import type { KubeletNode } from './node.ts';
import { podNetwork } from './node-config.ts';

const PLUGIN_FOLDER = '/opt/cni/bin';
const KUBECONFIG = '/etc/cni/multus.kubeconfig';

/** Where a node has its part of a network that has only a name in the cluster. */
const NETWORK_FOLDER = '/etc/cni/multus/net.d';

const installPlugins = async ({ path, host }: KubeletNode): Promise<void> => {
  const { folder } = await ensureCniBinaries();
  for (const name of await readdir(folder))
    await copyFile(join(folder, name), path(join(PLUGIN_FOLDER, name)));
  if (await hasIpvlan(host.namespace)) return;
  const ipvlan = path(join(PLUGIN_FOLDER, 'ipvlan'));
  await writeFile(ipvlan, macvlanInstead(join(PLUGIN_FOLDER, 'macvlan')));
  await chmod(ipvlan, 0o755);
};

/**
 * Makes Multus (thin) the first in the runtime's folder, as its manifests do ("Quickstart", multus-cni), with what was there as the
 * network of every pod.
 */
export const installMultus = async (node: KubeletNode, adminToken: string): Promise<void> => {
  await installPlugins(node);
  await mkdir(node.path(NETWORK_FOLDER), { recursive: true });
  await writeKubeconfig(node.path(KUBECONFIG), {
    ...{ url: node.serverUrl, caFile: '/etc/kubernetes/authority.crt' },
    user: { name: 'multus', groups: [], token: adminToken },
  });
  const config = {
    ...{ cniVersion: '1.0.0', name: 'multus-cni-network', type: 'multus' },
    ...{ kubeconfig: KUBECONFIG, confDir: NETWORK_FOLDER, binDir: PLUGIN_FOLDER },
    delegates: [podNetwork(node.podSubnet)],
  };
  await writeFile(node.path('/etc/cni/net.d/00-multus.conf'), JSON.stringify(config));
};
