import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './agent/health.ts';
import type { Metrics } from './metrics.ts';

export interface HealthServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Where it listens; absent: on every address of the host. */
  readonly address?: string | undefined;
  readonly health: Pick<Health, 'missing' | 'stuck'>;
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  readonly signal: AbortSignal;
  /** Time for a whole request to arrive. */
  readonly requestSeconds?: number;
}

/** Who sends slowly holds a socket of the agent. Node itself waits for five minutes. */
const REQUEST_SECONDS = 5;
const MOST_CONNECTIONS = 64;

const JSON_TYPE = 'application/json';

const sendHealth = (response: ServerResponse, fault: string | undefined): void => {
  const body = fault === undefined ? { status: 'ok' } : { error: fault };
  response
    .writeHead(fault === undefined ? 200 : 503, { 'content-type': JSON_TYPE })
    .end(`${JSON.stringify(body)}\n`);
};

/**
 * Serves, until the signal, `/healthz` (the host can be relied on), `/livez` (the loop turns: what a restart would mend)
 * and `/metrics`. Resolves with the port; rejects when it is taken.
 */
export const startHealthServer = async ({
  port,
  address,
  health,
  metrics,
  signal,
  requestSeconds = REQUEST_SECONDS,
}: HealthServerOptions): Promise<number> => {
  const requestTimeout = requestSeconds * 1000;
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (path === '/healthz') return sendHealth(response, health.missing());
    if (path === '/livez') return sendHealth(response, health.stuck());
    if (path !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  };
  const patience = {
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: requestTimeout / 10,
  };
  const server = createServer(patience, (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    answer(path, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, address);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new Error(`port ${port} is in use: choose another with --port`, { cause });
  });
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  return (server.address() as AddressInfo).port;
};
