import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { applyMergePatch } from '#simulator/kubernetes/merge-patch.ts';
import { HOST_SEEN_BY_GUEST } from './qemu.ts';

export type Rows = Readonly<Record<string, SlotSpec>>;
export type HostRows = Readonly<Record<string, HostStatus>>;

export const INSTANCE_ID = 'i-0123456789abcdef0';
export const NODE_NAME = 'node-1';

/** Plays the start of the device plugin's pod; resolves with what it makes the node offer. */
export type StartPlugin = () => Promise<Readonly<Record<string, number>>>;

/** What the agent needs of a Kubernetes API server, for one host, by plain HTTP: its user network has no names. */
export interface ApiServer {
  /** As the guest reaches it. */
  readonly url: string;
  ask(rows: Rows): void;
  reported(): HostRows;
  /** Starts the device plugin, as the kubelet does after a boot; the agent does it by deleting the pod. */
  startPlugin(): Promise<void>;
  close(): Promise<void>;
}

interface State {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: { readonly nodeName: string; readonly interfaces: Rows };
  readonly status: { readonly host?: HostRows };
}

const POD = {
  metadata: {
    name: 'sriov-device-plugin-1',
    labels: { app: 'sriovdp' },
    ownerReferences: [{ kind: 'DaemonSet' }],
  },
  spec: { nodeName: NODE_NAME },
};

export const startApiServer = async (start: StartPlugin): Promise<ApiServer> => {
  let version = 1;
  let allocatable: Readonly<Record<string, number>> = {};
  let state: State = {
    metadata: { name: INSTANCE_ID, resourceVersion: '1' },
    spec: { nodeName: NODE_NAME, interfaces: {} },
    status: {},
  };
  const watches = new Set<ServerResponse>();

  const tell = (watch: ServerResponse): void => {
    watch.write(`${JSON.stringify({ type: 'MODIFIED', object: state })}\n`);
  };

  const change = (part: Partial<State>): void => {
    version += 1;
    state = { ...state, ...part, metadata: { ...state.metadata, resourceVersion: `${version}` } };
    for (const watch of watches) tell(watch);
  };

  const startPlugin = async (): Promise<void> => {
    allocatable = await start();
  };

  const answerTo = async (method: string, url: URL, body: string): Promise<unknown> => {
    if (method === 'PATCH') {
      change({ status: (applyMergePatch(state, JSON.parse(body)) as State).status });
      return state;
    }
    if (method === 'DELETE') await startPlugin();
    if (url.pathname.includes('/nodes/'))
      return {
        spec: { providerID: `aws:///us-east-1a/${INSTANCE_ID}` },
        status: {
          allocatable: Object.fromEntries(
            Object.entries(allocatable).map(([name, count]) => [name, String(count)]),
          ),
        },
      };
    if (url.pathname.endsWith('/pods')) return { items: [POD] };
    return { metadata: state.metadata, items: [state] };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://server');
    if (url.searchParams.get('watch') === 'true') {
      response.writeHead(200).flushHeaders();
      watches.add(response);
      response.on('close', () => watches.delete(response));
      // A watch begins at the version of its list, so what changed in between is not lost (kubernetes.io, "API Concepts").
      if (url.searchParams.get('resourceVersion') !== state.metadata.resourceVersion)
        tell(response);
      return;
    }
    const answer = await answerTo(request.method ?? 'GET', url, await text(request));
    response.end(JSON.stringify(answer));
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://${HOST_SEEN_BY_GUEST}:${port}`,
    ask: (interfaces) => change({ spec: { ...state.spec, interfaces } }),
    reported: () => state.status.host ?? {},
    startPlugin,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
