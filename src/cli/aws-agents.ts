import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AwsSettings } from '#operator/aws-apis.ts';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/** A bare name in NO_PROXY stands for all below it too, as for curl and the AWS CLI; to Node for itself only. */
const widened = (list: string): string =>
  [
    ...list
      .split(',')
      .map((entry) => entry.trim())
      .flatMap((entry) => (/^[a-z][a-z0-9.-]*$/i.test(entry) ? [entry, `.${entry}`] : [entry])),
    ...LOCAL,
  ].join(',');

/** Sockets through the proxy that the environment names, which the SDK does not look for; undefined where it names none. */
export const awsAgentsFor = (env: NodeJS.ProcessEnv): AwsSettings['agents'] => {
  const httpsProxy = env.HTTPS_PROXY || env.https_proxy;
  const httpProxy = env.HTTP_PROXY || env.http_proxy;
  if (!httpsProxy && !httpProxy) return undefined;
  const proxyEnv = {
    ...(httpsProxy && { HTTPS_PROXY: httpsProxy }),
    ...(httpProxy && { HTTP_PROXY: httpProxy }),
    NO_PROXY: widened(env.NO_PROXY || env.no_proxy || ''),
  };
  const settings = { keepAlive: true, maxSockets: 50, proxyEnv };
  return { httpAgent: new HttpAgent(settings), httpsAgent: new HttpsAgent(settings) };
};
