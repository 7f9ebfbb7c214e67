import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';

export type RelayDoor = {
  readonly url: string;
  /** The authority of its certificate, as a webhook configuration takes it. */
  readonly caBundle: string;
  /** The statuses of the answers that went back, oldest first. */
  readonly statuses: readonly number[];
  /** Cuts every call off, until what comes out is disposed of: what is told meanwhile is lost. */
  readonly shut: () => Disposable;
  readonly stop: () => Promise<void>;
};

/**
 * What AWS puts before a Function URL: TLS. In: the emulator's URL, the host of the Function URL, and the API server whose
 * own certificate is shown, since it is for the same address and its own authority.
 */
export const openRelayDoor = async ({
  target,
  host,
  kube: { caFile },
}: {
  readonly target: string;
  readonly host: string;
  readonly kube: Pick<KubeApiserver, 'caFile'>;
}): Promise<RelayDoor> => {
  const cert = readFileSync(caFile);
  const key = readFileSync(join(dirname(caFile), 'apiserver.key'));
  const statuses: number[] = [];
  let isShut = false;

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method, url = '/', headers } = incoming;
    const inner = httpRequest(new URL(url, target), { method, headers: { ...headers, host } });
    inner.once('error', () => outgoing.destroy());
    inner.once('response', (answer) => {
      statuses.push(answer.statusCode ?? 0);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(inner);
  };

  const server = createServer({ key, cert }, (incoming, outgoing) => {
    if (isShut) outgoing.destroy();
    else pass(incoming, outgoing);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: cert.toString('base64'),
    statuses,
    shut: () => {
      isShut = true;
      return {
        [Symbol.dispose]: () => {
          isShut = false;
        },
      };
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
