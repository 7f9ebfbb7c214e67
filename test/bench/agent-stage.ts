import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { installCrds } from '#test/e2e/crds.ts';
import { NODES_PATH } from '#test/e2e/kube-client.ts';
import type { AgentProcess } from '#test/support/node/agent-process.ts';
import { AGENT_CONTAINER, agentOption } from '#test/support/node/daemon-set.ts';
import { openStage, type Stage } from '#test/support/node/open-stage.ts';
import { attachmentOf } from '#test/support/node/rows.ts';
import { type CountingProxy, startCountingProxy } from '#test/support/servers/counting-proxy.ts';
import { startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';

const NODE_NAME = 'node-1';

/** The Node of the host, on the API server. */
export const nodePath = `${NODES_PATH}/${NODE_NAME}`;

/** What the device plugin of the node offers. */
export const RESOURCE = 'amazon.com/ena';

const PROBE = fileURLToPath(new URL('../support/node/probe-program.ts', import.meta.url));
const PATIENCE_SECONDS = 30;
const POLL_MS = 10;

/** An agent on its host, as the DaemonSet runs it, and a proxy that keeps what it asks the API server. */
export type AgentStage = Stage & {
  readonly agent: AgentProcess;
  readonly proxy: CountingProxy;
  /** What the kubelet would have found wrong; empty when nothing. */
  readonly probeFaults: () => string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Polls until it is true. Rejects with the sentence when it is not within half a minute. */
export const until = async (isDone: () => Promise<boolean>, otherwise: string): Promise<void> => {
  const endsAtMs = performance.now() + PATIENCE_SECONDS * 1000;
  while (!(await isDone())) {
    if (performance.now() > endsAtMs) throw new Error(otherwise);
    await sleep(POLL_MS);
  }
};

/** Asks for the agent's health as the kubelet of a node does. Out: what was not 200 so far, a line each. */
const startProbes = ({ host }: Stage): (() => string) => {
  const { readinessProbe, livenessProbe } = AGENT_CONTAINER;
  let faults = '';
  for (const { httpGet, periodSeconds } of [readinessProbe, livenessProbe]) {
    const words = [PROBE, agentOption('port'), httpGet.path, String(periodSeconds)];
    const { stdout } = host.namespace.start([process.execPath, ...words]);
    stdout.setEncoding('utf8').on('data', (text: string) => {
      faults += text;
    });
  }
  return () => faults;
};

/** The link that every host has, with its default route. */
const attachPrimary = async ({ host }: Stage): Promise<void> => {
  const link = 'ens99';
  await host.attach(attachmentOf(99, link));
  await host.namespace.batch([
    `link set dev ${link} up`,
    `address add 192.0.2.5/24 dev ${link}`,
    `route add default via 192.0.2.1 dev ${link}`,
  ]);
};

/** Starts the API server, a Node and its host, and the agent on it. */
export const startAgentStage = async (): Promise<AgentStage> => {
  await using undoing = new AsyncDisposableStack();
  const server = await startKubeApiserver();
  undoing.use(server);
  await installCrds(server);
  const proxy = await startCountingProxy(server);
  undoing.defer(proxy.close);
  const stage = await openStage({
    server,
    agentServerUrl: proxy.url,
    onFinished: (undo) =>
      undoing.defer(async () => {
        await undo();
      }),
  });
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE_NAME },
    spec: { providerID: `aws:///us-east-1a/${stage.instanceId}` },
    status: { capacity: { [RESOURCE]: '1' }, allocatable: { [RESOURCE]: '1' } },
  };
  const { status } = await stage.client.call('POST', NODES_PATH, node);
  if (status !== 201) throw new Error(`The Node was refused with ${status}.`);

  await attachPrimary(stage);

  const agent = stage.startAgent([
    ...['--node-name', NODE_NAME, '--port', agentOption('port')],
    // This process stands for the host's first one, in whose mount namespace the host's programs are.
    ...[
      '--host-command',
      agentOption('host-command').replace('--target 1', `--target ${process.pid}`),
    ],
    ...['--plugin-namespaces', agentOption('plugin-namespaces')],
    ...['--resync-seconds', '60'],
  ]);
  const probeFaults = startProbes(stage);
  const whole = undoing.move();
  return { ...stage, agent, proxy, probeFaults, [Symbol.asyncDispose]: () => whole.disposeAsync() };
};
