import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNodeHost, type NodeHost } from '#test/support/node/node-host.ts';
import { openRelay } from '#test/support/node/relay.ts';
import { ensureProgram } from '#test/support/servers/binaries.ts';
import { type KubeUser, writeKubeconfig } from '#test/support/servers/kubeconfig.ts';
import { runCommand, runOrThrow } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { CONTAINERD_SOCKET, containerdConfig, kubeletConfig, podNetwork } from './node-config.ts';
import { startNodeProcess } from './node-process.ts';
import type { NodeParts } from './parts.ts';

/** The first address of services. Elsewhere it is kube-proxy that makes it reach the API server. */
const KUBERNETES_SERVICE = { address: '10.96.0.1', port: 443 };

const KUBELET_PORT = 10_250;

/** The node's own interface, which no NodeENI may touch. */
const PRIMARY = { link: 'ens5', macAddress: '02:00:00:00:00:05', pciAddress: '0000:00:05.0' };

const PATIENCE_SECONDS = 60;

export interface NodePlan {
  readonly name: string;
  readonly instanceId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Addresses of its pods. */
  readonly podSubnet: string;
  readonly parts: NodeParts;
  readonly server: { readonly url: string; readonly caFile: string };
  /** Who the kubelet is to the API server. */
  readonly user: KubeUser;
}

/** A machine of a cluster: kubelet and container runtime in namespaces of their own, and interfaces that are attached to it. */
export interface KubeletNode {
  readonly name: string;
  readonly instanceId: string;
  readonly host: NodeHost;
  /** Addresses of its pods. */
  readonly podSubnet: string;
  /** The API server as programs of the node reach it. */
  readonly serverUrl: string;
  /** Where a file of the node is, on this machine. */
  readonly path: (file: string) => string;
  /** A program in the node, to its end. Rejects when it fails. */
  readonly run: (...command: readonly string[]) => Promise<string>;
  /** Gives the node the images of an archive. */
  readonly importImages: (archive: string) => Promise<void>;
  /** Ends the kubelet, as an update of it does, and starts it again. Containers run on. In: what happens in between. */
  readonly restartKubelet: (meanwhile?: () => Promise<unknown>) => Promise<void>;
  /** The end of what kubelet and runtime have said, for the message of a failed test. */
  readonly logs: () => Promise<string>;
  /** Ends all that runs on the node, without notice. */
  readonly stop: () => Promise<void>;
}

const until = async (isDone: () => Promise<boolean>, what: string): Promise<void> => {
  const endsAtMs = performance.now() + PATIENCE_SECONDS * 1000;
  while (!(await isDone())) {
    if (performance.now() > endsAtMs) throw new Error(what);
    await sleep(100);
  }
};

/** The folders of an empty host, and its own interface with the default route. */
const furnish = async (host: NodeHost): Promise<void> => {
  const folders = [
    'sys/class/net',
    'sys/bus/pci/devices',
    'sys/bus/pci/drivers/ena',
    'run/udev/data',
  ];
  for (const folder of folders) await mkdir(host.tree.path(folder), { recursive: true });
  const [own] = await host.attach(PRIMARY);
  await host.subnet.ip('address', 'add', '192.0.2.1/24', 'dev', own?.wire ?? '');
  await host.namespace.batch([
    `address add ${KUBERNETES_SERVICE.address}/32 dev lo`,
    'link set dev ens5 mtu 9001 up',
    'address add 192.0.2.5/24 dev ens5',
    'route add default via 192.0.2.1',
  ]);
};

const tailOf = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(-25).join('\n');

/** Starts a node, and waits until its container runtime has all images. It registers by itself, and is ready some seconds later. */
export const startNode = async (plan: NodePlan): Promise<KubeletNode> => {
  const { name, instanceId, labels, parts, server, user } = plan;
  await using undoing = new AsyncDisposableStack();
  const host = await createNodeHost();
  undoing.defer(host.remove);
  await furnish(host);
  const relay = await openRelay(
    host.namespace,
    server.url,
    host.tree.path('api.socket'),
    KUBERNETES_SERVICE,
  );
  undoing.defer(relay.close);
  const folder = createTemporaryFolder('kubelet');
  undoing.defer(folder.remove);

  const controlGroup = `nodeeni-${process.pid}-${name}`;
  const first = await startNodeProcess({
    ...{ name, tree: parts.tree, kubelet: await ensureProgram('kubelet'), folder: folder.path },
    ...{ devices: host.tree.path(), namespace: host.namespace.name, controlGroup },
  });
  undoing.defer(first.kill);
  const { inside } = first;
  const [enter = '', ...words] = inside;
  const path = (file: string): string => join(`/proc/${first.pid}/root`, file);
  const run = (...command: readonly string[]) => runOrThrow(enter, [...words, ...command]);
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text);
  };

  const config = kubeletConfig({ instanceId, controlGroup, port: KUBELET_PORT });
  await write('/etc/containerd/config.toml', containerdConfig());
  await write('/etc/cni/net.d/10-pods.conflist', JSON.stringify(podNetwork(plan.podSubnet)));
  await write('/etc/kubernetes/kubelet.json', JSON.stringify(config));
  await copyFile(server.caFile, path('/etc/kubernetes/authority.crt'));
  await writeKubeconfig(path('/etc/kubernetes/kubeconfig'), {
    ...{ url: relay.url, caFile: '/etc/kubernetes/authority.crt', user },
  });

  first.start(['containerd'], join(folder.path, 'containerd.log'));
  const ctr = ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
  await until(
    async () => (await runCommand(enter, [...words, ...ctr, 'version'])).code === 0,
    'The container runtime does not start.',
  );
  const importImages = async (archive: string): Promise<void> => {
    const child = spawn(enter, [...words, ...ctr, 'images', 'import', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = once(child, 'exit');
    await pipeline(createReadStream(archive), child.stdin).catch(() => undefined);
    const [code] = await ended;
    if (code !== 0) throw new Error(`${archive} has no images: ${said}`);
  };
  await importImages(parts.images);

  const startKubelet = () =>
    first.start(
      [
        ...['kubelet', '--config=/etc/kubernetes/kubelet.json'],
        ...['--kubeconfig=/etc/kubernetes/kubeconfig', `--hostname-override=${name}`, '--v=2'],
        `--node-labels=${Object.entries(labels)
          .map((pair) => pair.join('='))
          .join(',')}`,
      ],
      join(folder.path, 'kubelet.log'),
    );
  let kubelet = startKubelet();
  const whole = undoing.move();
  return {
    ...{ name, instanceId, host, path, run, importImages },
    ...{ podSubnet: plan.podSubnet, serverUrl: relay.url },
    async restartKubelet(meanwhile) {
      const ended = once(kubelet, 'exit');
      await run('pkill', '--exact', 'kubelet');
      await ended;
      await meanwhile?.();
      kubelet = startKubelet();
    },
    async logs() {
      const [runtime, own] = await Promise.all(
        ['containerd.log', 'kubelet.log'].map((file) => tailOf(join(folder.path, file))),
      );
      return `containerd:\n${runtime}\nkubelet:\n${own}`;
    },
    stop: () => whole.disposeAsync(),
  };
};
