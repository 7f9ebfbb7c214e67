import { randomBytes, randomUUID } from 'node:crypto';
import { createKubeClient, type KubeClient } from '#test/e2e/kube-client.ts';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import {
  CONTROLLERS_OF_NODES,
  startControllerManager,
} from '#test/support/servers/kube-controller-manager.ts';
import type { KubeUser } from '#test/support/servers/kubeconfig.ts';
import { type KubeletNode, startNode } from './node.ts';
import { ensureNodeParts } from './parts.ts';
import { startScheduler } from './scheduler.ts';

/** A node that is to be there, by its name, with its labels. */
export type Labels = Readonly<Record<string, string>>;
export type NodesByName = Readonly<Record<string, Labels>>;

/** A cluster of Kubernetes' own programs. Nothing of it is simulated but the machines under its nodes. */
export interface KubeletCluster {
  readonly server: KubeApiserver;
  /** The administrator. */
  readonly client: KubeClient;
  /** The node of that name. Throws where there is none. */
  readonly node: (name: string) => KubeletNode;
  readonly nodes: readonly KubeletNode[];
  readonly stop: () => Promise<void>;
}

/** As a kubelet is known to the API server ("Using Node Authorization", kubernetes.io). */
const userOf = (name: string): KubeUser => ({
  name: `system:node:${name}`,
  groups: ['system:nodes'],
  token: randomUUID(),
});

const randomInstanceId = (): string => `i-${randomBytes(8).toString('hex')}`;

/**
 * Starts API server, controllers, scheduler and nodes. They register by themselves. In: the instances that the nodes are, in the
 * order of the nodes; where there is no EC2, any will do.
 */
export const startKubeletCluster = async (
  wanted: NodesByName,
  instanceIds: readonly string[] = [],
): Promise<KubeletCluster> => {
  await using undoing = new AsyncDisposableStack();
  const parts = await ensureNodeParts();
  undoing.defer(parts.remove);
  const users = new Map(Object.keys(wanted).map((name) => [name, userOf(name)]));
  const server = await startKubeApiserver({
    users: [...users.values()],
    withServiceAccounts: true,
  });
  undoing.defer(server.stop);
  const client = createKubeClient(server);
  undoing.defer(client.close);
  const controllers = await startControllerManager(server, CONTROLLERS_OF_NODES);
  undoing.defer(controllers.stop);
  const scheduler = await startScheduler(server);
  undoing.defer(scheduler.stop);

  const nodes: KubeletNode[] = [];
  for (const [at, [name, labels]] of Object.entries(wanted).entries()) {
    const instanceId = instanceIds[at] ?? randomInstanceId();
    const user = users.get(name) ?? userOf(name);
    const podSubnet = `10.244.${at}.0/24`;
    const node = await startNode({ name, labels, podSubnet, instanceId, user, parts, server });
    undoing.defer(node.stop);
    nodes.push(node);
  }
  const whole = undoing.move();
  return {
    ...{ server, client, nodes },
    node(name) {
      const found = nodes.find((node) => node.name === name);
      if (found === undefined) throw new Error(`The cluster has no node ${name}.`);
      return found;
    },
    stop: () => whole.disposeAsync(),
  };
};
