import { readFile } from 'node:fs/promises';
import { Agent, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { CallError } from '#core/errors.ts';
import { createExecCredentials, type ExecCredential } from './exec-credentials.ts';
import { createKeepAliveAgent } from './keep-alive-agent.ts';
import type { KubeUser } from './kube-config-entries.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';

type Credentials = Omit<ExecCredential, 'expirationTimestamp'>;

/** A config of client-node's with agents of its own: it keeps one for ever, certificate and all. */
const copyOf = (config: KubeConfig): KubeConfig => {
  const copy = new KubeConfig();
  copy.loadFromOptions(config);
  return copy;
};

const unusable = (cause: Error): CallError =>
  cause instanceof CallError
    ? cause
    : new CallError('Unknown', 'BadKubeconfig', `The kubeconfig cannot be used: ${cause.message}`, {
        cause,
      });

/**
 * The way a kubeconfig describes. client-node makes the credentials: certificates, tokens, proxies. Programs are run
 * here, because it loses what they say; and the sockets are kept here, because it would open one a request.
 */
export const createKubeConfigConnection = (config: KubeConfig): KubernetesConnection => {
  const { server = '', proxyUrl } = config.getCurrentCluster() ?? {};
  const user: KubeUser | null = config.getCurrentUser();
  const runPlugin = user?.plugin && createExecCredentials(user.plugin);
  // Nobody's credentials go over a wire that everybody can read (`IsConfigTransportTLS`, client-go).
  const isSecure = !server.startsWith('http:');
  let current = config;
  let certificate: string | undefined;
  let agent: Agent | undefined;

  const forget = (next: string | undefined): void => {
    current = copyOf(config);
    certificate = next;
    agent = undefined;
  };

  /** A token in a file is renewed by whoever wrote it. */
  const credentials = async (): Promise<Credentials> =>
    user?.tokenFile === undefined
      ? ((await runPlugin?.()) ?? {})
      : { token: (await readFile(user.tokenFile, 'utf8')).trim() };

  const prove = async (): Promise<RequestOptions> => {
    const given = await credentials();
    const { token, clientCertificateData: cert, clientKeyData: key } = given;
    if (cert !== certificate) forget(cert);
    const options: RequestOptions = {
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    };
    await current.applyToHTTPSOptions(options);
    return options;
  };

  return async () => {
    if (!isSecure && proxyUrl === undefined) return { server, options: {} };
    const { headers, ...proved } = await prove().catch((cause: Error) => {
      throw unusable(cause);
    });
    if (!isSecure) return { server, options: { agent: proved.agent } };
    const all = { ...headers, ...user?.impersonation } as RequestOptions['headers'];
    const options: RequestOptions = { ...proved, headers: all };
    if (!(options.agent instanceof Agent) || proxyUrl !== undefined) return { server, options };
    agent ??= createKeepAliveAgent(options.agent.options);
    return { server, options: { ...options, agent } };
  };
};
