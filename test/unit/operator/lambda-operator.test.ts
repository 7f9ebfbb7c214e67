import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLambdaOperator } from '#operator/lambda-operator.ts';

const QUEUES = 'https://sqs.us-east-1.amazonaws.com/123456789012';

let server: Server;
let url: string;
let seen: string[];

/** EKS, Systems Manager and an API server behind one address; each call is reported by what was asked. */
beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    const { headers, url: path = '' } = request;
    const target = headers['x-amz-target'] ?? path;
    seen.push(`${target} ${headers.authorization?.split(/[ .]/).slice(0, 2).join(' ')}`);
    const value = JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: { token: 'kubeconfig-token' } }],
    });
    const endpoint = 'https://127.0.0.1:9';
    const answers: Readonly<Record<string, object>> = {
      '/clusters/prod-eks': { cluster: { endpoint, certificateAuthority: { data: 'YQ==' } } },
      'AmazonSSM.GetParameter': { Parameter: { Type: 'SecureString', Value: value } },
    };
    const body = answers[String(target)] ?? { metadata: {}, items: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_ENDPOINT_URL', url);
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const operatorFor = (env: Readonly<Record<string, string>>) =>
  createLambdaOperator({
    CLUSTER_NAME: 'production',
    WORK_QUEUE_URL: `${QUEUES}/work.fifo`,
    ROLL_UP_QUEUE_URL: `${QUEUES}/roll-up.fifo`,
    DELAY_QUEUE_URL: `${QUEUES}/delay`,
    ...env,
  });

describe('createLambdaOperator', () => {
  it('asks nobody before there is work', async () => {
    await operatorFor({ EKS_CLUSTER_NAME: 'prod-eks' });
    await operatorFor({ KUBECONFIG_PARAMETER: '/nodeeni/kubeconfig' });

    expect(seen).toEqual([]);
  });

  it('finds an EKS cluster by its name', async () => {
    const { stores } = await operatorFor({ EKS_CLUSTER_NAME: 'prod-eks' });

    // Nothing listens on the port of the cluster that EKS names.
    await expect(stores.nodes.list()).rejects.toThrow('at https://127.0.0.1:9: ');

    expect(seen).toEqual([expect.stringMatching(/^\/clusters\/prod-eks AWS4-HMAC-SHA256/)]);
  });

  it('finds any other cluster by the kubeconfig in a parameter, and sends no token in the clear', async () => {
    const { stores } = await operatorFor({ KUBECONFIG_PARAMETER: '/nodeeni/kubeconfig' });

    expect(await stores.nodes.list()).toEqual([]);

    expect(seen).toEqual([
      expect.stringMatching(/^AmazonSSM\.GetParameter AWS4-HMAC-SHA256/),
      '/api/v1/nodes?limit=250 undefined',
    ]);
  });
});
