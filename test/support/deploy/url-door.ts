import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';

export type UrlDoor = {
  /** The URL of a function. In: the host by which the emulator knows it. */
  readonly urlFor: (host: string) => string;
  readonly stop: () => Promise<void>;
};

/**
 * What AWS puts before all Function URLs: TLS by an authority that every API server trusts. In: the emulator's URL, the API
 * server whose own certificate is shown, since it is for the same address, and the file of authorities. A name of AWS leads
 * nowhere here, so the host is the first part of the path.
 */
export const openUrlDoor = async (
  target: string,
  { caFile }: Pick<KubeApiserver, 'caFile'>,
  authoritiesFile: string,
): Promise<UrlDoor> => {
  const cert = readFileSync(caFile);
  const key = readFileSync(join(dirname(caFile), 'apiserver.key'));
  writeFileSync(authoritiesFile, cert);
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    const [, host = '', path = '/'] = /^\/([^/]+)(\/.*)$/.exec(url) ?? [];
    const inner = httpRequest(new URL(path, target), { method, headers: { ...headers, host } });
    inner.once('error', () => outgoing.destroy());
    inner.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(inner);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urlFor: (host) => `${base}/${host}/`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
