import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createConnectedApi } from '#providers/kubernetes/connected-api.ts';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import product from '../../../../package.json' with { type: 'json' };

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

  describe('of lists', () => {
    const list = JSON.stringify({ metadata: {}, items: [{ metadata: { name: 'größer' } }] });
    const zipped = gzipSync(list);

    it('asks for compressed answers, and of nothing else', async () => {
      const seen: (string | undefined)[] = [];
      const api = await apiOver((request, response) => {
        seen.push(`${request.method} ${request.headers['accept-encoding']}`);
        response.end(list);
      });

      await api.list(NODES);
      await api.get(NODES, 'a');
      await api.watch(NODES, () => undefined, AbortSignal.timeout(1000)).catch(() => undefined);

      expect(seen.slice(0, 3)).toEqual(['GET gzip', 'GET undefined', 'GET undefined']);
    });

    it('reads what comes compressed, in whatever pieces', async () => {
      const api = await apiOver((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.write(zipped.subarray(0, 20));
        response.end(zipped.subarray(20));
      });

      const { items } = await api.list(NODES);

      expect(items).toEqual([{ metadata: { name: 'größer' } }]);
    });

    it('fails when a compressed answer breaks off', async () => {
      const api = await apiOver((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(zipped.subarray(0, zipped.length - 12));
      });

      await expect(api.list(NODES)).rejects.toThrow();
    });

    it('reads a refusal that comes compressed', async () => {
      const api = await apiOver((_request, response) => {
        response.writeHead(403, { 'content-encoding': 'gzip' });
        response.end(gzipSync('{"message":"no","reason":"Because"}'));
      });

      await expect(api.list(NODES)).rejects.toMatchObject({ failure: 'Denied', code: 'Because' });
    });
  });

  it('tells how a list goes on whose moment the server has forgotten', async () => {
    const api = await apiOver((_request, response) => {
      response
        .writeHead(410)
        .end('{"metadata":{"continue":"later"},"message":"too old","reason":"Expired"}');
    });

    const error = await api.list(NODES, { continue: 'old' }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'Expired', continue: 'later' });
  });

  it('makes no call when the connection has no access to give', async () => {
    const api = createConnectedApi(() => Promise.reject(new Error('no access')));

    await expect(api.get(NODES, 'a')).rejects.toThrow('no access');
  });

  it('names itself to the server, and as the manager of what it writes', async () => {
    const seen: string[] = [];
    const api = await apiOver((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      seen.push(`${request.method} ${request.headers['user-agent']} ${searchParams}`);
      response.end('{"metadata":{"name":"a"}}');
    });
    const patch = { type: 'merge', body: {} } as const;

    await api.get(NODES, 'a');
    await api.create(NODE_ENIS, { metadata: { name: 'a' } });
    await api.patch(NODE_ENIS, 'a', patch);
    await api.patch(NODE_ENIS, 'a', patch, { subresource: 'status' });

    expect(seen).toEqual([
      `GET nodeeni/${product.version} `,
      `POST nodeeni/${product.version} fieldManager=nodeeni`,
      `PATCH nodeeni/${product.version} fieldManager=nodeeni`,
      `PATCH nodeeni/${product.version} fieldManager=nodeeni`,
    ]);
  });
});

describe('a cluster that was made anew', () => {
  /** A connection that tells another access once the one before is doubted. */
  const doubtful = (servers: readonly string[], tokens: readonly string[] = []) => {
    let turn = 0;
    let doubts = 0;
    const api = createConnectedApi(async () => ({
      server: servers[Math.min(turn, servers.length - 1)] ?? '',
      options: { headers: { authorization: `Bearer ${tokens[turn] ?? 'same'}` } },
      doubt: () => {
        doubts += 1;
        turn += 1;
      },
    }));
    return { api, doubts: () => doubts };
  };

  const serverThat = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const believing = (token: string): RequestListener => {
    return (request, response) => {
      const isKnown = request.headers.authorization === `Bearer ${token}`;
      response.writeHead(isKnown ? 200 : 401).end('{"metadata":{"name":"a"},"reason":"No"}');
    };
  };

  it('is found by the call after the one that got no answer', async () => {
    const old = await serverThat((request) => request.socket.destroy());
    const next = await serverThat(believing('same'));
    const { api, doubts } = doubtful([old, next]);

    await expect(api.get(NODES, 'a')).rejects.toMatchObject({ code: 'Unreachable' });

    expect(await api.get(NODES, 'a')).toMatchObject({ metadata: { name: 'a' } });
    expect(doubts()).toBe(1);
  });

  it('is asked again by a caller whom it does not know, with what proves who calls now', async () => {
    const server = await serverThat(believing('new'));
    const { api, doubts } = doubtful([server], ['old', 'new']);

    expect(await api.get(NODES, 'a')).toMatchObject({ metadata: { name: 'a' } });
    expect(doubts()).toBe(1);
  });

  it('is not asked again when nothing newer proves who calls', async () => {
    let asked = 0;
    const server = await serverThat((_request, response) => {
      asked += 1;
      response.writeHead(401).end('{"reason":"Unauthorized"}');
    });
    const { api } = doubtful([server]);

    await expect(api.get(NODES, 'a')).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(asked).toBe(1);
  });
});
