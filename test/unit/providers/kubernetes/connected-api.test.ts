import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createConnectedApi } from '#providers/kubernetes/connected-api.ts';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An API over a server that answers as told, with a new token for every call. */
const apiOver = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let asked = 0;
  return createConnectedApi(async () => {
    asked += 1;
    const headers = { authorization: `Bearer secret-token-${asked}` };
    return { server: `http://127.0.0.1:${port}/`, options: { headers } };
  });
};

const seenWhole = (error: unknown): string =>
  inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });

describe('createConnectedApi', () => {
  it('asks the connection who calls before every call, and sends it', async () => {
    const seen: (string | undefined)[] = [];
    const api = await apiOver((request, response) => {
      seen.push(request.headers.authorization, request.headers.accept);
      response.end('{"metadata":{"name":"a"}}');
    });

    await api.get(NODES, 'a');
    await api.patch(NODE_ENIS, 'a', { type: 'merge', body: {} });

    expect(seen).toEqual([
      'Bearer secret-token-1',
      'application/json',
      'Bearer secret-token-2',
      'application/json',
    ]);
  });

  it.each([
    ['is refused', 403],
    ['is not known', 401],
    ['breaks something', 500],
  ])('tells no token when it %s', async (_what, status) => {
    const api = await apiOver((_request, response) => {
      response.writeHead(status).end('{"message":"no","reason":"Because"}');
    });

    const error = await api.get(NODES, 'a').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'Because', message: 'GET /api/v1/nodes/a: no' });
    expect(seenWhole(error)).not.toContain('secret-token');
  });

  it('tells no token when the connection breaks', async () => {
    const api = await apiOver((request) => request.socket.destroy());

    const error = await api.get(NODES, 'a').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'Unreachable', failure: 'Unknown' });
    expect(seenWhole(error)).not.toContain('secret-token');
  });

  it('makes no call when the connection has no access to give', async () => {
    const api = createConnectedApi(() => Promise.reject(new Error('no access')));

    await expect(api.get(NODES, 'a')).rejects.toThrow('no access');
  });
});
