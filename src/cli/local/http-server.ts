import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseEvent } from '#core/events/index.ts';
import { Complaint } from '../complaint.ts';
import { isLoopback, refusalFor } from './http-guard.ts';

export interface HttpServerOptions {
  readonly port: number;
  /** Address to listen on: this machine's own unless told otherwise. */
  readonly bind?: string;
  /** What senders of events must know. */
  readonly token?: string;
  /** Takes one EventBridge event that was found readable. */
  readonly onEvent: (event: unknown) => Promise<void>;
  /** What is still missing before work can be relied on; undefined when nothing is. */
  readonly missing: () => string | undefined;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Time for a whole request to arrive. */
  readonly requestSeconds?: number;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

const MOST_BODY_BYTES = 1_048_576;

/** Who sends slowly holds a socket, which the calls to AWS need, too. Node itself waits for five minutes. */
const REQUEST_SECONDS = 10;
const MOST_CONNECTIONS = 128;

interface Answer {
  readonly status: number;
  readonly body: object | string;
  readonly contentType?: string;
}

const refusal = (status: number, error: string): Answer => ({ status, body: { error } });

/** Undefined when the body is longer than allowed. */
const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > MOST_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Takes one event or an array: all of them, or none when one cannot be read. */
const takeEvents = async (
  request: IncomingMessage,
  onEvent: HttpServerOptions['onEvent'],
): Promise<Answer> => {
  const text = await readBody(request);
  if (text === undefined) return refusal(413, `the body is longer than ${MOST_BODY_BYTES} bytes`);
  const json = parseJson(text);
  if (json === undefined) return refusal(400, 'the body is not JSON');
  const events: readonly unknown[] = Array.isArray(json.value) ? json.value : [json.value];
  const parsed = events.map(parseEvent);
  for (const [index, event] of parsed.entries())
    if (event.kind === 'ignored' && event.reason === 'malformed')
      return refusal(400, `event ${index} is malformed: ${event.detail}`);
  for (const event of events) await onEvent(event);
  const accepted = parsed.filter(({ kind }) => kind === 'work').length;
  return { status: 202, body: { accepted, ignored: parsed.length - accepted } };
};

const send = (response: ServerResponse, { status, body, contentType }: Answer): void => {
  const type = contentType ?? 'application/json';
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': type }).end(text);
};

/** Serves `POST /events`, `GET /healthz` and `GET /metrics`. Throws a `Complaint` when the port is taken. */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const { port, bind = '127.0.0.1', token, onEvent, missing, metrics } = options;
  const requestTimeout = (options.requestSeconds ?? REQUEST_SECONDS) * 1000;
  const guard = { isLocal: isLoopback(bind), ...(token !== undefined && { token }) };

  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const refused = refusalFor(request, guard);
    if (refused !== undefined) return refusal(refused.status, refused.error);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    switch (`${request.method} ${pathname}`) {
      case 'POST /events':
        return takeEvents(request, onEvent);
      case 'GET /healthz': {
        const what = missing();
        return what === undefined ? { status: 200, body: { status: 'ok' } } : refusal(503, what);
      }
      case 'GET /metrics':
        return { status: 200, body: await metrics.text(), contentType: metrics.contentType };
      default:
        return refusal(404, 'ask for POST /events, GET /healthz or GET /metrics');
    }
  };

  const patience = {
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: requestTimeout / 10,
  };
  const server = createServer(patience, (request, response) => {
    void answerTo(request)
      .catch((error: unknown) =>
        refusal(500, error instanceof Error ? error.message : 'unknown error'),
      )
      .then((answer) => send(response, answer));
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, bind);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const message =
      error.code === 'EADDRINUSE'
        ? `Port ${port} is in use. Choose another with --port.`
        : `Nothing can listen on ${bind}, port ${port}: ${error.message}.`;
    throw new Complaint(message, { cause: error });
  });

  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
