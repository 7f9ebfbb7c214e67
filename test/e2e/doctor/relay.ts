import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createHandler } from '#functions/on-kubernetes-change/handler.ts';
import { PRODUCT_VERSION } from '#providers/product-version.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';
import { lambdaContext } from '../../unit/functions/invocation.ts';

const SECRET = 'secret';

/** The function behind the webhook, without queues behind it, and how it stands. */
export const startRelay = async (caFile: string) => {
  const cert = readFileSync(caFile);
  const key = readFileSync(join(dirname(caFile), 'apiserver.key'));
  const state = { version: PRODUCT_VERSION, isCutOff: false };
  const server = createServer({ key, cert }, (request, response) => {
    const { method = '', url = '/' } = request;
    // The API server adds how long it waits.
    const { pathname: rawPath } = new URL(url, 'https://relay');
    // Whoever only looks comes from elsewhere than the API server.
    if (state.isCutOff && method === 'POST') return void response.destroy();
    const handler = createHandler({
      version: state.version,
      telemetry: recordingTelemetry().telemetry,
      workQueue: { hint: () => Promise.resolve(), announce: () => Promise.resolve() },
      isSecret: (candidate) => candidate === SECRET,
    });
    void text(request).then(async (body) => {
      const call = { rawPath, body, requestContext: { http: { method } } };
      const answer = await handler(call, lambdaContext);
      const { statusCode = 500, headers = {}, body: told = '' } = Object(answer);
      response.writeHead(statusCode, headers).end(told);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/${SECRET}`,
    caBundle: cert.toString('base64'),
    state,
    heal: () => Object.assign(state, { version: PRODUCT_VERSION, isCutOff: false }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
