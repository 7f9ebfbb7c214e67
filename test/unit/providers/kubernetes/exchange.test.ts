import { once } from 'node:events';
import { Agent, createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createConnectedApi } from '#providers/kubernetes/connected-api.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';

const servers: Server[] = [];
const agents: Agent[] = [];

afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const STATE = {
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENIState',
  metadata: { name: 'i-0' },
};

/** A server that counts its connections, and an API that keeps its sockets to it as the functions do. */
const stage = async (listener: RequestListener) => {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume().on('end', () => listener(request, response));
  }).listen(0, '127.0.0.1');
  server.on('connection', (socket) => sockets.push(socket));
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  const api = createConnectedApi(async () => ({
    server: `http://127.0.0.1:${port}`,
    options: { agent: agent as never },
  }));
  return { api, asked, sockets, agent };
};

const answer: RequestListener = (_request, response) => {
  response.end('{"metadata":{"name":"a"}}');
};

/** Sockets that the server closed while this process slept: the first write to them is what tells. */
const goStale = ({ agent }: { readonly agent: Agent }): number => {
  const idle = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  for (const socket of idle)
    socket.write = () => {
      const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      socket.destroy(reset);
      return false;
    };
  return idle.length;
};

type Api = Awaited<ReturnType<typeof stage>>['api'];

const CALLS: readonly [string, (api: Api) => Promise<unknown>][] = [
  ['GET /api/v1/nodes/a', (api) => api.get(NODES, 'a')],
  [
    'PATCH /apis/networking.k8s.aws/v1alpha1/nodeenis/a',
    (api) => api.patch(NODE_ENIS, 'a', { type: 'merge', body: { metadata: {} } }),
  ],
  [
    'POST /apis/networking.k8s.aws/v1alpha1/nodeenistates',
    (api) => api.create(NODE_ENI_STATES, STATE),
  ],
  [
    'DELETE /apis/networking.k8s.aws/v1alpha1/nodeenistates/a',
    (api) => api.delete(NODE_ENI_STATES, 'a'),
  ],
];

describe('a socket that was closed while it was idle', () => {
  it.each(CALLS)('costs %s nothing but another socket', async (line, call) => {
    const scene = await stage(answer);
    await Promise.all([call(scene.api), call(scene.api), call(scene.api)]);
    expect(goStale(scene)).toBe(3);

    await call(scene.api);

    expect(scene.asked).toEqual([line, line, line, line]);
    expect(scene.sockets).toHaveLength(4);
  });

  it('is really closed by a server: the call after it succeeds', async () => {
    const scene = await stage(answer);
    await scene.api.get(NODES, 'a');
    scene.sockets[0]?.resetAndDestroy();

    // No turn of the event loop in between, in which this process would hear of it.
    await scene.api.get(NODES, 'b');

    expect(scene.asked).toEqual(['GET /api/v1/nodes/a', 'GET /api/v1/nodes/b']);
  });
});

describe('a call that breaks otherwise', () => {
  it('is not repeated on a socket that was new', async () => {
    const scene = await stage((request) => request.socket.resetAndDestroy());

    await expect(scene.api.get(NODES, 'a')).rejects.toMatchObject({ code: 'Unreachable' });
    expect(scene.asked).toHaveLength(1);
  });

  it('is repeated once and no more', async () => {
    let isBroken = false;
    const scene = await stage((request, response) =>
      isBroken ? request.socket.resetAndDestroy() : answer(request, response),
    );
    await scene.api.get(NODES, 'a');
    isBroken = true;

    await expect(scene.api.get(NODES, 'a')).rejects.toMatchObject({ code: 'Unreachable' });
    expect(scene.asked).toHaveLength(3);
  });

  it('is not repeated once its answer has begun', async () => {
    let isBroken = false;
    const scene = await stage((request, response) => {
      if (!isBroken) return answer(request, response);
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"meta', () => request.socket.resetAndDestroy());
    });
    await scene.api.get(NODES, 'a');
    isBroken = true;

    await expect(scene.api.get(NODES, 'a')).rejects.toThrow();
    expect(scene.asked).toHaveLength(2);
  });
});
