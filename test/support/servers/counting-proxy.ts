import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubeApiserver } from './kube-apiserver.ts';

/** An API server in front of the API server, that keeps what it is asked. */
export type CountingProxy = {
  readonly url: string;
  /** Method and path of each request since the last call of `reset`, a watch once. */
  readonly requests: () => readonly string[];
  readonly reset: () => void;
  readonly close: () => Promise<void>;
};

/**
 * Starts the proxy on 127.0.0.1. Whoever trusts the server's certificate trusts the proxy: it has the same one, with its
 * key beside it (`--cert-dir`, kube-apiserver).
 */
export const startCountingProxy = async ({
  url,
  caFile,
}: Pick<KubeApiserver, 'url' | 'caFile'>): Promise<CountingProxy> => {
  const certificate = readFileSync(caFile);
  const key = readFileSync(caFile.replace(/\.crt$/, '.key'));
  const agent = new Agent({ keepAlive: true, ca: certificate });
  let requests: string[] = [];

  const server = createServer({ cert: certificate, key }, (incoming, response) => {
    const { method = '', headers } = incoming;
    const target = new URL(incoming.url ?? '', url);
    requests.push(
      `${method} ${target.pathname}${target.searchParams.has('watch') ? ' (watch)' : ''}`,
    );
    const outgoing = request(target, { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch has an answer long before it has an event.
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    incoming.pipe(outgoing);
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `https://127.0.0.1:${port}`,
    requests: () => requests,
    reset() {
      requests = [];
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
};
