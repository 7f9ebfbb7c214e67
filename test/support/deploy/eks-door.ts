import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { AwsCalls } from './aws/calls.ts';
import type { ClusterPlace } from './aws/kind.ts';

export type EksDoor = {
  readonly url: string;
  /** Makes a cluster. Out: where its API server asks who comes with a token. */
  readonly createCluster: (name: string) => Promise<string>;
  /** Says where a cluster is, which is only known when its API server runs. */
  readonly open: (name: string, place: ClusterPlace) => void;
  readonly stop: () => Promise<void>;
};

interface Review {
  readonly apiVersion: string;
  readonly spec: { readonly token: string };
}

/** A presigned call of STS that names a cluster in a signed header (aws-iam-authenticator, the token of EKS). */
const isEksToken = (token: string): boolean => {
  const encoded = /^k8s-aws-v1\.([\w-]+)$/.exec(token)?.[1];
  if (encoded === undefined) return false;
  const { hostname, searchParams } = new URL(Buffer.from(encoded, 'base64url').toString());
  return (
    /^sts\.[\w-]+\.amazonaws\.com$/.test(hostname) &&
    searchParams.get('Action') === 'GetCallerIdentity' &&
    searchParams.get('X-Amz-SignedHeaders')?.includes('x-k8s-aws-id') === true
  );
};

/**
 * EKS with clusters that answer. The emulator holds clusters and access entries, but has no API server behind them: this
 * tells the real ones' addresses, and judges tokens as EKS does. The emulator gives all functions one identity, so that a
 * token counts for every access entry of the cluster together; without an entry nobody is let in.
 */
export const openEksDoor = async (target: string, calls: AwsCalls): Promise<EksDoor> => {
  const places = new Map<string, ClusterPlace>();

  const groupsOfEntries = async (clusterName: string): Promise<readonly string[]> => {
    const path = `/clusters/${clusterName}/access-entries`;
    const listed = JSON.parse((await calls.rest('eks', 'GET', path)).text) as {
      readonly accessEntries: readonly string[];
    };
    const entries = await Promise.all(
      listed.accessEntries.map(async (arn) => {
        const found = await calls.rest('eks', 'GET', `${path}/${encodeURIComponent(arn)}`);
        return JSON.parse(found.text) as { accessEntry: { kubernetesGroups: readonly string[] } };
      }),
    );
    return [...new Set(entries.flatMap(({ accessEntry }) => accessEntry.kubernetesGroups))];
  };

  const review = async (clusterName: string, body: string): Promise<string> => {
    const { apiVersion, spec } = JSON.parse(body) as Review;
    const groups = isEksToken(spec.token) ? await groupsOfEntries(clusterName) : [];
    const user = { username: 'functions', groups };
    const status = groups.length === 0 ? { authenticated: false } : { authenticated: true, user };
    return JSON.stringify({ apiVersion, kind: 'TokenReview', status });
  };

  const forward = async ({ url = '/', method = 'GET', headers }: IncomingMessage, body: Buffer) => {
    const response = await fetch(target + url, {
      method,
      headers: { authorization: String(headers.authorization) },
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    return { status: response.status, body: await response.text() };
  };

  const withPlace = (description: string, place: ClusterPlace): string => {
    const { cluster } = JSON.parse(description) as { readonly cluster: object };
    const certificateAuthority = { data: place.certificateAuthority };
    return JSON.stringify({
      cluster: { ...cluster, endpoint: place.endpoint, certificateAuthority },
    });
  };

  const answer = async (incoming: IncomingMessage): Promise<{ status: number; body: string }> => {
    const { url = '/', method } = incoming;
    const body = await buffer(incoming);
    const reviewed = /^\/token-review\/([\w-]+)/.exec(url)?.[1];
    if (reviewed !== undefined)
      return { status: 200, body: await review(reviewed, body.toString()) };
    const forwarded = await forward(incoming, body);
    const place = places.get(/^\/clusters\/([\w-]+)$/.exec(url)?.[1] ?? '');
    if (method !== 'GET' || forwarded.status !== 200 || place === undefined) return forwarded;
    return { status: 200, body: withPlace(forwarded.body, place) };
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming).then(
      ({ status, body }) =>
        outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body),
      () => outgoing.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    createCluster: async (name) => {
      await calls.rest('eks', 'POST', '/clusters', { name });
      return `${url}/token-review/${name}`;
    },
    open: (name, place) => places.set(name, place),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
