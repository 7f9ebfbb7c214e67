import { Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { CallError } from '#core/errors.ts';
import { createKeepAliveAgent } from './keep-alive-agent.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';

/**
 * The way a kubeconfig describes. client-node makes the credentials: certificates, tokens, exec plugins, proxies. The
 * sockets are kept here, because it would open one a request.
 */
export const createKubeConfigConnection = (config: KubeConfig): KubernetesConnection => {
  const { server = '', proxyUrl } = config.getCurrentCluster() ?? {};
  let agent: Agent | undefined;

  return async () => {
    const options: RequestOptions = {};
    // Runs credential plugins such as "aws eks get-token", which may not be installed.
    await config.applyToHTTPSOptions(options).catch((cause: Error) => {
      const message = `The kubeconfig cannot be used: ${cause.message}`;
      throw new CallError('Unknown', 'BadKubeconfig', message, { cause });
    });
    if (!(options.agent instanceof Agent) || proxyUrl !== undefined) return { server, options };
    agent ??= createKeepAliveAgent(options.agent.options);
    return { server, options: { ...options, agent } };
  };
};
