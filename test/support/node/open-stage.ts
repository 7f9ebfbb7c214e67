import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createKubeClient, type KubeClient, STATES_PATH } from '#test/e2e/kube-client.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import { createNodeHost, type NodeHost } from './node-host.ts';
import { openRelay, type Relay } from './relay.ts';

type Rows = Readonly<Record<string, Partial<SlotSpec>>>;
type HostRows = Readonly<Record<string, HostStatus>>;

/** One host, its object in the API server, and what runs on it. */
export type Stage = {
  readonly host: NodeHost;
  readonly relay: Relay;
  readonly client: KubeClient;
  readonly instanceId: string;
  /** Writes rows of the host's object. What a row that is there already does not name stays. */
  readonly ask: (rows: Rows) => Promise<void>;
  /** What the agent has reported of each interface. */
  readonly reported: () => Promise<HostRows>;
  /** Starts the agent; without options that name it, it is given the id of the instance. */
  readonly startAgent: (options?: readonly string[]) => AgentProcess;
};

export type StageOptions = {
  readonly server: Pick<KubeApiserver, 'url' | 'caFile' | 'adminToken'>;
  /** Takes what is to be undone when the stage is no longer needed; the last comes first. */
  readonly onFinished: (undo: () => unknown) => void;
  /** The server as the agent reaches it; absent: the server itself. */
  readonly agentServerUrl?: string;
  /** Absent: long enough that nothing is found by a periodic reconcile. */
  readonly resyncSeconds?: number;
};

const NEVER_SECONDS = 3600;

/** The object of a host that is to show nothing. */
export const emptyState = (name: string) => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENIState',
  metadata: { name },
  spec: {},
});

/** Sets everything up for one host. Rejects when the API server refuses the object. */
export const openStage = async ({
  server,
  onFinished,
  agentServerUrl = server.url,
  resyncSeconds = NEVER_SECONDS,
}: StageOptions): Promise<Stage> => {
  const host = await createNodeHost();
  onFinished(() => host.remove());
  const relay = await openRelay(host.namespace, agentServerUrl, host.tree.path('api.socket'));
  onFinished(relay.close);
  const client = createKubeClient(server);
  onFinished(client.close);

  const tokenFile = host.tree.path('token');
  await writeFile(tokenFile, server.adminToken);
  const instanceId = `i-${randomBytes(8).toString('hex')}`;
  const objectPath = `${STATES_PATH}/${instanceId}`;
  const call: KubeClient['call'] = async (...request) => {
    const answer = await client.call(...request);
    if (answer.status < 300) return answer;
    const [method, path] = request;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  await call('POST', STATES_PATH, emptyState(instanceId));
  onFinished(async () => {
    await client.call('DELETE', objectPath);
  });

  return {
    host,
    relay,
    client,
    instanceId,
    async ask(interfaces) {
      await call('PATCH', objectPath, { spec: { interfaces } });
    },
    async reported() {
      const { body } = await call('GET', objectPath);
      return (body as { readonly status?: { readonly host?: HostRows } }).status?.host ?? {};
    },
    startAgent: (options = ['--instance-id', instanceId]) =>
      startAgentProcess(host.namespace, [
        ...['--server', relay.url, '--ca-file', server.caFile, '--token-file', tokenFile],
        ...host.tree.options,
        ...['--resync-seconds', String(resyncSeconds)],
        ...options,
      ]),
  };
};
