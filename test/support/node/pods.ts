import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '#test/e2e/kube-client.ts';
import type { CniBinaries } from '#test/support/servers/cni-binaries.ts';
import { writeKubeconfig } from '#test/support/servers/kubeconfig.ts';
import { type CommandResult, runCommand } from '#test/support/servers/run-command.ts';
import { hasIpvlan, macvlanInstead } from './ipvlan.ts';
import { createNamespace, IP, type Namespace } from './namespace.ts';
import type { NodeHost } from './node-host.ts';

/** A pod, as far as networks go: a network namespace, and an object that says which networks it is to have. */
export type Pod = {
  readonly name: string;
  readonly namespace: Namespace;
  /** Addresses of its first further interface, or of another one, without those of the link alone. */
  readonly addresses: (link?: string) => Promise<readonly string[]>;
  /** As the runtime ends it: the networks are given back first, again and again until that works. */
  readonly stop: () => Promise<void>;
};

/** What a container runtime does for the networks of pods on one host. */
export type PodRuntime = {
  /** Options of the agent that name the folders of this host. */
  readonly options: readonly string[];
  /** Starts a pod with a further interface of the network. Rejects with what Multus said, and leaves nothing then. */
  readonly start: (network: string, annotation?: string) => Promise<Pod>;
  /** Names of the addresses that host-local has noted for the network. */
  readonly folders: { readonly networks: string; readonly addresses: string };
};

export type PodRuntimeOptions = {
  readonly host: Pick<NodeHost, 'namespace' | 'tree'>;
  readonly binaries: CniBinaries;
  readonly client: KubeClient;
  /** The API server as Multus reaches it from the host. */
  readonly server: { readonly url: string; readonly caFile: string; readonly adminToken: string };
};

const PODS = '/api/v1/namespaces/default/pods';
const INTERFACE = 'net1';

const TRIES_WITH_NAMESPACE = 3;
const MOST_TRIES = 100;
const RETRY_MS = 200;

const netnsOf = ({ name }: Namespace): string => `/var/run/netns/${name}`;

/** For the first interface of a pod, which is not what is tried here. */
const NOTHING = `#!/bin/sh
cat > /dev/null
[ "$CNI_COMMAND" = ADD ] && echo '{"cniVersion":"0.4.0","interfaces":[],"ips":[]}'
exit 0
`;

const PLUGINS = ['bridge', 'host-device', 'host-local', 'ipvlan', 'macvlan', 'multus', 'static'];

const installPlugins = async (folder: string, from: string, host: Namespace): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const isReal = await hasIpvlan(host);
  for (const plugin of PLUGINS.filter((name) => isReal || name !== 'ipvlan'))
    await symlink(join(from, plugin), join(folder, plugin));
  const programs = {
    nothing: NOTHING,
    ...(!isReal && { ipvlan: macvlanInstead(join(folder, 'macvlan')) }),
  };
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
};

/** What the runtime says of a failure is on the standard output of a plugin ("Error", CNI specification). */
const complaint = ({ stdout, stderr }: CommandResult): string =>
  `${stdout.trim()} ${stderr.trim()}`;

const podObject = (name: string, networks: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations: { 'k8s.v1.cni.cncf.io/networks': networks } },
  spec: { containers: [{ name: 'main', image: 'example.com/none' }] },
});

const expectStatus = async (answer: ReturnType<KubeClient['call']>, ...good: number[]) => {
  const { status, body } = await answer;
  if (!good.includes(status)) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};

/** A network; by its name alone: Multus takes what it is from the file of the node that has the name. */
export const defineNetwork = async (
  client: KubeClient,
  name: string,
  spec?: { readonly config: string },
): Promise<void> => {
  const path = '/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions';
  const kind = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
  const definition = { ...kind, metadata: { name }, ...(spec && { spec }) };
  await expectStatus(client.call('POST', path, definition), 201, 409);
};

let count = 0;

/** Installs Multus and the plugins on a host. */
export const createPodRuntime = async ({
  host,
  binaries,
  client,
  server,
}: PodRuntimeOptions): Promise<PodRuntime> => {
  const { path } = host.tree;
  const [plugins, config] = [path('opt/cni/bin'), path('etc/cni/net.d')];
  const networks = path('etc/cni/multus/net.d');
  const addresses = path('run/nodeeni/addresses');
  await installPlugins(plugins, binaries.folder, host.namespace);
  await mkdir(config, { recursive: true });
  const kubeconfig = path('etc/cni/multus.kubeconfig');
  const user = { name: 'multus', groups: [], token: server.adminToken };
  await writeKubeconfig(kubeconfig, { ...server, user });
  const multus = JSON.stringify({
    ...{ cniVersion: '0.4.0', name: 'multus-cni-network', type: 'multus', kubeconfig },
    ...{ confDir: networks, binDir: plugins, cniDir: path('var/lib/cni/multus') },
    delegates: [{ cniVersion: '0.4.0', name: 'default', type: 'nothing' }],
  });
  await writeFile(join(config, '00-multus.conf'), multus);

  const callMultus = (
    command: 'ADD' | 'DEL',
    { name, uid, netns }: { readonly name: string; readonly uid: string; readonly netns: string },
  ) => {
    const args = {
      ...{ IgnoreUnknown: '1', K8S_POD_NAMESPACE: 'default', K8S_POD_NAME: name },
      ...{ K8S_POD_INFRA_CONTAINER_ID: uid, K8S_POD_UID: uid },
    };
    const variables = {
      ...{ CNI_COMMAND: command, CNI_CONTAINERID: uid, CNI_IFNAME: 'eth0' },
      ...{ CNI_NETNS: netns, CNI_PATH: plugins },
      CNI_ARGS: Object.entries(args)
        .map((pair) => pair.join('='))
        .join(';'),
    };
    const environment = Object.entries(variables).map((pair) => pair.join('='));
    const inside = ['netns', 'exec', host.namespace.name, 'env', ...environment];
    return runCommand(IP, [...inside, join(plugins, 'multus')], { stdin: multus });
  };

  /**
   * The kubelet asks until it is done. After some failures the namespace is gone, and the plugins are told of none, as containerd
   * does: host-device fails for ever where the link never came.
   */
  const giveBack = async (pod: Namespace, name: string, uid: string): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const isClosed = tries > TRIES_WITH_NAMESPACE;
      if (isClosed) await pod.remove();
      const result = await callMultus('DEL', { name, uid, netns: isClosed ? '' : netnsOf(pod) });
      if (result.code === 0) return;
      if (tries === MOST_TRIES) throw new Error(`the networks of a pod stay: ${complaint(result)}`);
      await sleep(RETRY_MS);
    }
  };

  return {
    options: [
      ...['--network-folder', networks, '--cni-folder', config],
      ...['--cni-plugin-folder', plugins, '--pod-address-folder', addresses],
    ],
    folders: { networks, addresses },
    async start(network, annotation = network) {
      count += 1;
      const name = `pod-${process.pid}-${count}`;
      const body = await expectStatus(client.call('POST', PODS, podObject(name, annotation)), 201);
      const { uid } = (body as { readonly metadata: { readonly uid: string } }).metadata;
      const pod = await createNamespace();
      const stop = async (): Promise<void> => {
        await giveBack(pod, name, uid);
        await pod.remove();
        await client.call('DELETE', `${PODS}/${name}?gracePeriodSeconds=0`);
      };
      const result = await callMultus('ADD', { name, uid, netns: netnsOf(pod) });
      if (result.code !== 0) {
        await stop();
        throw new Error(complaint(result));
      }
      return {
        name,
        namespace: pod,
        stop,
        async addresses(link = INTERFACE) {
          const [found] = JSON.parse(
            await pod.ip('-j', 'address', 'show', 'dev', link),
          ) as readonly { readonly addr_info: readonly { scope: string; local: string }[] }[];
          return (found?.addr_info ?? [])
            .filter(({ scope }) => scope === 'global')
            .map(({ local }) => local);
        },
      };
    },
  };
};
