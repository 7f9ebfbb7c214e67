import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whom a server may hear. */
export interface Guard {
  /** True: it listens to this machine only. */
  readonly isLocal: boolean;
  readonly token?: string;
}

/** True for an address or a name by which only this machine is reached. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const hostOf = ({ headers }: IncomingMessage): string =>
  (URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '').replace(/^\[(.*)\]$/, '$1');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const knows = ({ headers }: IncomingMessage, token: string): boolean =>
  timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));

/**
 * Why a request is not answered; undefined when it is. A page in a browser can reach a server on the same machine: its
 * requests carry an Origin, cannot have this content type without asking first, and after a change of DNS have another
 * Host ("Cross-Origin Resource Sharing", MDN; "DNS rebinding attacks", Node.js security best practices).
 */
export const refusalFor = (
  request: IncomingMessage,
  { isLocal, token }: Guard,
): { readonly status: number; readonly error: string } | undefined => {
  const { method, headers } = request;
  if (headers.origin !== undefined) return { status: 403, error: 'not for pages in a browser' };
  if (isLocal && !isLoopback(hostOf(request)))
    return { status: 403, error: 'the Host is not this machine' };
  if (method !== 'POST') return undefined;
  if (token !== undefined && !knows(request, token))
    return { status: 401, error: 'give the token: Authorization: Bearer …' };
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    return { status: 415, error: 'send application/json' };
  return undefined;
};
