import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import product from '../../package.json' with { type: 'json' };
import { messageOf } from '../agent/errors.ts';
import type { Connection } from './connection.ts';

/** An answer of the API server that is no success. Status 0: there was none. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as a JSON merge patch (RFC 7386). */
  readonly mergePatch?: unknown;
  /** An object to create. */
  readonly object?: unknown;
  readonly signal?: AbortSignal;
  /** Seconds without a byte after which the connection counts as lost. */
  readonly idleTimeoutSeconds?: number;
}

/** The few requests that the agent makes, without the memory a whole client library needs. */
export interface ApiClient {
  /** The parsed answer. Rejects with an `ApiError`. */
  send(request: ApiRequest): Promise<unknown>;
  /** The answer while it comes. Rejects with an `ApiError`. */
  open(request: ApiRequest): Promise<IncomingMessage>;
  /** Breaks off what is under way; whatever is asked later is refused. */
  close(): void;
}

const IDLE_TIMEOUT_SECONDS = 20;
const KEEP_ALIVE_MILLISECONDS = 15_000;

const complaintOf = (body: string): string => {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message : body;
  } catch {
    return body;
  }
};

const urlOf = (server: string, { path, query = {} }: ApiRequest): URL => {
  const url = new URL(path, server);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

/** A client for one API server, by HTTPS, or by HTTP where the server's address says so. */
export const createApiClient = ({ server, caCertificate, readToken }: Connection): ApiClient => {
  const isTls = server.startsWith('https:');
  const agentOptions = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MILLISECONDS };
  const tlsAgent = new HttpsAgent({ ...agentOptions, ...(caCertificate && { ca: caCertificate }) });
  const plainAgent = new HttpAgent(agentOptions);
  let isClosed = false;

  const headersFor = ({ mergePatch, object }: ApiRequest): Record<string, string> => {
    const token = readToken();
    return {
      'user-agent': `nodeeni-agent/${product.version}`,
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(mergePatch === undefined ? {} : { 'content-type': 'application/merge-patch+json' }),
      ...(object === undefined ? {} : { 'content-type': 'application/json' }),
    };
  };

  const exchange = (request: ApiRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const outgoing = (isTls ? requestHttps : requestHttp)(urlOf(server, request), {
        method: request.method ?? 'GET',
        headers: headersFor(request),
        agent: isTls ? tlsAgent : plainAgent,
        timeout: (request.idleTimeoutSeconds ?? IDLE_TIMEOUT_SECONDS) * 1000,
        ...(request.signal && { signal: request.signal }),
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('the API server does not answer')));
      outgoing.on('error', (cause) => reject(new ApiError(0, messageOf(cause), { cause })));
      outgoing.on('response', resolve);
      const content = request.mergePatch ?? request.object;
      outgoing.end(content === undefined ? undefined : JSON.stringify(content));
    });

  const open = async (request: ApiRequest): Promise<IncomingMessage> => {
    if (isClosed) throw new ApiError(0, 'the connection to the API server was closed');
    const response = await exchange(request);
    const status = response.statusCode ?? 0;
    if (status < 300) return response;
    throw new ApiError(status, `${request.path}: ${status} ${complaintOf(await textOf(response))}`);
  };

  return {
    open,
    async send(request) {
      const body = await textOf(await open(request));
      return body === '' ? undefined : (JSON.parse(body) as unknown);
    },
    close() {
      isClosed = true;
      tlsAgent.destroy();
      plainAgent.destroy();
    },
  };
};
