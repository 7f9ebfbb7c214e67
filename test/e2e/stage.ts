import { ensureBinaries } from '#test/support/servers/binaries.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import {
  createKubeClient,
  EVENTS_PATH,
  type KubeClient,
  LEASES_PATH,
  NODE_ENIS_PATH,
  NODES_PATH,
  STATES_PATH,
} from './kube-client.ts';
import { type StageServer, type StageServers, startStageServers } from './stage-servers.ts';

/** What the scenes of a file are played on, one after the other. */
export type Stage = StageServer &
  Pick<KubeApiserver, 'kubectl'> & {
    readonly client: KubeClient;
    readonly motoUrl: string;
    /** Takes off all that a scene has left: the next one finds an empty account and cluster. */
    readonly clear: () => Promise<void>;
    readonly stop: () => Promise<void>;
    readonly [Symbol.asyncDispose]: () => Promise<void>;
  };

type Lease = { readonly metadata: { readonly name: string; readonly namespace: string } };

/** A killed process cannot give its lease back; its successor would wait for it to run out. */
export const dropLeases = async (client: KubeClient): Promise<void> => {
  const { body } = await client.call('GET', LEASES_PATH);
  const { items } = body as { readonly items: readonly Lease[] };
  for (const { metadata } of items.filter(({ metadata }) => metadata.name.includes('nodeeni'))) {
    const { namespace, name } = metadata;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    await client.call('DELETE', path);
  }
};

const clearCluster = async (client: KubeClient): Promise<void> => {
  for (const name of await client.names(NODE_ENIS_PATH)) {
    await client.call('PATCH', `${NODE_ENIS_PATH}/${name}`, { metadata: { finalizers: null } });
  }
  for (const path of [NODE_ENIS_PATH, STATES_PATH, NODES_PATH, EVENTS_PATH])
    await client.call('DELETE', path);
  await dropLeases(client);
};

/** Stopping the stage stops the servers as they say. */
export const stageOn = async ({
  server,
  motoUrl,
  stop: stopServers,
}: StageServers): Promise<Stage> => {
  const client = createKubeClient(server);
  const { kubectl } = await ensureBinaries();
  const stop = async (): Promise<void> => {
    client.close();
    await stopServers();
  };
  return {
    ...server,
    kubectl: (args, stdin) =>
      runCommand(kubectl, ['--kubeconfig', server.kubeconfigFile, ...args], { stdin }),
    client,
    motoUrl,
    clear: async () => {
      await clearCluster(client);
      await fetch(`${motoUrl}/moto-api/reset`, { method: 'POST' });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

/** A stage on servers of its own, for who breaks them. Stopping it stops them. */
export const startStage = async (): Promise<Stage> => stageOn(await startStageServers());
