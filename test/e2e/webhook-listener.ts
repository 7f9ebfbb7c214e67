import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';

/** A call of the webhook as it came. */
export type Review = {
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly resource: { readonly resource: string };
    readonly subResource?: string;
    readonly name?: string;
    readonly dryRun?: boolean;
  };
};

export type WebhookListener = {
  readonly url: string;
  /** The authority of its certificate, as a webhook configuration takes it. */
  readonly caBundle: string;
  /** What was told since the last time, oldest first. */
  readonly take: () => readonly Review[];
  /** While silent it takes what comes and answers nothing. */
  readonly setSilent: (value: boolean) => void;
  readonly stop: () => void;
};

/**
 * Stands where the relay would: allows everything and remembers what it was told. It shows the API server's own
 * certificate, which is for the same address and its own authority.
 */
export const startWebhookListener = async ({
  caFile,
}: Pick<KubeApiserver, 'caFile'>): Promise<WebhookListener> => {
  const cert = readFileSync(caFile);
  const key = readFileSync(join(dirname(caFile), 'apiserver.key'));
  let told: Review[] = [];
  let isSilent = false;
  const server = createServer({ key, cert }, (request, response) => {
    void json(request).then((body) => {
      const review = body as Review;
      told.push(review);
      if (isSilent) return;
      const answer = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.request.uid, allowed: true },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`,
    caBundle: cert.toString('base64'),
    take: () => {
      const taken = told;
      told = [];
      return taken;
    },
    setSilent: (value) => {
      isSilent = value;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
