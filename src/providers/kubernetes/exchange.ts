import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

export interface Exchange {
  readonly url: URL;
  readonly options: RequestOptions;
  readonly body?: object;
  /** Time without a byte after which the call fails. */
  readonly idleTimeoutSeconds: number;
}

/** How a peer that has closed a socket answers who writes to it. */
const RESETS = new Set(['ECONNRESET', 'EPIPE']);

/** A socket that was idle, and that its server had closed before it saw the request. */
class StaleSocket extends Error {
  readonly agent: Agent | undefined;

  constructor({ agent }: ClientRequest & { readonly agent?: Agent }, cause: Error) {
    super(cause.message, { cause });
    this.agent = agent;
  }
}

const send = ({ url, options, body, idleTimeoutSeconds }: Exchange) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing: ClientRequest = request(url, options, resolve);
    outgoing.setTimeout(idleTimeoutSeconds * 1000, () =>
      outgoing.destroy(new Error(`no answer within ${idleTimeoutSeconds} s`)),
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && RESETS.has(error.code ?? '');
      reject(isStale ? new StaleSocket(outgoing, error) : error);
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });

/** What was idle as long as a stale socket is stale too. */
const dropIdle = ({ freeSockets }: Agent): void => {
  for (const sockets of Object.values(freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
};

/**
 * Sends a request and opens its response, whatever its status.
 *
 * An API server closes idle connections after 90 s (`IdleTimeout`, secure_serving.go of k8s.io/apiserver), and a function that
 * was frozen since learns of it by its first write. Such a request is sent once more over a new socket, writes too: the server
 * hung up before any of its answer, and most likely before it read the request ("Retrying requests", RFC 9112). If it had
 * not, nothing is done twice: a second create is answered by Conflict, a second delete by NotFound, a merge patch says the
 * same again, and our JSON patches begin with a `test`.
 */
export const exchange = async (request: Exchange): Promise<IncomingMessage> => {
  try {
    return await send(request);
  } catch (error) {
    if (!(error instanceof StaleSocket)) throw error;
    if (error.agent !== undefined) dropIdle(error.agent);
    return await send(request);
  }
};
