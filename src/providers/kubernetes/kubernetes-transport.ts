import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { CallError, type FailureClass } from '#core/errors.ts';
import { sameJson } from '#core/json.ts';
import { USER_AGENT } from '../user-agent.ts';
import { exchange } from './exchange.ts';
import { ExpiredPage } from './kubernetes-api.ts';
import type { KubernetesAccess, KubernetesConnection } from './kubernetes-connection.ts';

export interface KubernetesRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Asks for a compressed answer, which the API server sends of 128 kB and more (APIResponseCompression). Only `readJson` reads it. */
  readonly mayBeZipped?: boolean;
  /** Time without a byte after which the call fails; a watch sets its own. */
  readonly idleTimeoutSeconds: number;
}

/** Opens the response of a call; throws `CallError` for everything but a 2xx answer. */
export type KubernetesTransport = (request: KubernetesRequest) => Promise<IncomingMessage>;

const BY_STATUS: Readonly<Record<number, FailureClass>> = {
  400: 'Invalid',
  401: 'Denied',
  403: 'Denied',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
  429: 'Throttled',
};

/** The module is loaded with the first answer that needs it. */
const unzipped = (response: IncomingMessage): Readable => {
  const gunzip = process.getBuiltinModule('node:zlib').createGunzip();
  // A broken connection is told by who reads: it destroys both.
  return pipeline(response, gunzip, () => undefined);
};

/** Reads a whole answer as JSON. */
export const readJson = async (response: IncomingMessage): Promise<unknown> => {
  const isZipped = response.headers['content-encoding'] === 'gzip';
  const chunks: Buffer[] = [];
  for await (const chunk of isZipped ? unzipped(response) : response) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

const refusal = async (what: string, response: IncomingMessage): Promise<CallError> => {
  const status = response.statusCode ?? 0;
  const body = (await readJson(response).catch(() => ({}))) as {
    message?: string;
    reason?: string;
    metadata?: { continue?: string };
  };
  const { message = `HTTP ${status}`, reason = `HTTP${status}`, metadata } = body;
  if (status === 410 && metadata?.continue)
    return new ExpiredPage(`${what}: ${message}`, metadata.continue);
  return new CallError(BY_STATUS[status] ?? 'Unknown', reason, `${what}: ${message}`);
};

const urlOf = (server: string, { path, query = {} }: KubernetesRequest): URL => {
  const url = new URL(server.replace(/\/$/, '') + path);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') url.searchParams.set(key, String(value));
  return url;
};

const optionsOf = (
  access: RequestOptions,
  { method, body, contentType, signal, mayBeZipped = false }: KubernetesRequest,
) => ({
  ...access,
  method,
  headers: {
    'user-agent': USER_AGENT,
    ...access.headers,
    accept: 'application/json',
    ...(mayBeZipped && { 'accept-encoding': 'gzip' }),
    ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
  },
  ...(signal && { signal }),
});

const ask = (access: KubernetesAccess, request: KubernetesRequest): Promise<IncomingMessage> => {
  const { server, options } = access;
  const { method, path, body, idleTimeoutSeconds, signal } = request;
  const url = urlOf(server, request);
  return exchange({
    url,
    options: optionsOf(options, request),
    ...(body && { body }),
    idleTimeoutSeconds,
  }).catch((error: Error) => {
    // A cluster that was made anew under its name answers elsewhere, or by another certificate.
    if (signal?.aborted !== true) access.doubt?.();
    const message = `${method} ${path} at ${server}: ${error.message}`;
    throw new CallError('Unknown', 'Unreachable', message, { cause: error });
  });
};

const isSame = (one: KubernetesAccess, other: KubernetesAccess): boolean =>
  one.server === other.server && sameJson(one.options.headers, other.options.headers);

/**
 * The wire to the API server: the connection tells where it is and who calls, Node's own HTTPS does the rest. The
 * generated API classes of client-node would add 1.7 MB to each function.
 */
export const createKubernetesTransport = (
  connection: KubernetesConnection,
): KubernetesTransport => {
  /** Nothing was done for a caller whom the server does not know: with a newer proof the call is made once more. */
  const askAsKnown = async (request: KubernetesRequest): Promise<IncomingMessage> => {
    const access = await connection();
    const response = await ask(access, request);
    if (response.statusCode !== 401 || access.doubt === undefined) return response;
    access.doubt();
    const next = await connection();
    if (isSame(access, next)) return response;
    response.resume();
    return ask(next, request);
  };

  return async (request) => {
    const response = await askAsKnown(request);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299)
      throw await refusal(`${request.method} ${request.path}`, response);
    return response;
  };
};
