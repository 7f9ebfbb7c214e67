import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { CallError, type FailureClass } from '#core/errors.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';

export interface KubernetesRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
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

/** Reads a whole answer as JSON. */
export const readJson = async (response: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

const refusal = async (what: string, response: IncomingMessage): Promise<CallError> => {
  const status = response.statusCode ?? 0;
  const body = (await readJson(response).catch(() => ({}))) as {
    message?: string;
    reason?: string;
  };
  const { message = `HTTP ${status}`, reason = `HTTP${status}` } = body;
  return new CallError(BY_STATUS[status] ?? 'Unknown', reason, `${what}: ${message}`);
};

const open = (url: URL, options: RequestOptions, { body, idleTimeoutSeconds }: KubernetesRequest) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing: ClientRequest = send(url, options, resolve);
    outgoing.setTimeout(idleTimeoutSeconds * 1000, () =>
      outgoing.destroy(new Error(`no answer within ${idleTimeoutSeconds} s`)),
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });

const urlOf = (server: string, { path, query = {} }: KubernetesRequest): URL => {
  const url = new URL(server.replace(/\/$/, '') + path);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') url.searchParams.set(key, String(value));
  return url;
};

/**
 * The wire to the API server: the connection tells where it is and who calls, Node's own HTTPS does the rest. The
 * generated API classes of client-node would add 1.7 MB to each function.
 */
export const createKubernetesTransport =
  (connection: KubernetesConnection): KubernetesTransport =>
  async (request) => {
    const { server, options: access } = await connection();
    const options: RequestOptions = {
      ...access,
      method: request.method,
      headers: {
        ...access.headers,
        accept: 'application/json',
        ...(request.body !== undefined && {
          'content-type': request.contentType ?? 'application/json',
        }),
      },
      ...(request.signal && { signal: request.signal }),
    };
    const what = `${request.method} ${request.path}`;
    const response = await open(urlOf(server, request), options, request).catch((error: Error) => {
      throw new CallError('Unknown', 'Unreachable', `${what} at ${server}: ${error.message}`, {
        cause: error,
      });
    });
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw await refusal(what, response);
    return response;
  };
