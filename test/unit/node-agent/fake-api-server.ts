import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** Answers one request; one that ends nothing leaves a stream open. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void;

export const json =
  (value: unknown, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

const seenOf = async (request: IncomingMessage): Promise<SeenRequest> => {
  const url = new URL(request.url ?? '/', 'http://server');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    body: await text(request),
  };
};

/** A server that answers as a test wants, and remembers what it was asked. */
export const startApiServer = async (answer: Answer) => {
  const requests: SeenRequest[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen = await seenOf(request);
    requests.push(seen);
    answer(seen, response);
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    take(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { requests, url: `http://127.0.0.1:${port}` };
};
