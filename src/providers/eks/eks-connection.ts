import type { Agent } from 'node:https';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import { answered } from '../kubernetes/connection-errors.ts';
import { createKeepAliveAgent } from '../kubernetes/keep-alive-agent.ts';
import type { KubernetesConnection } from '../kubernetes/kubernetes-connection.ts';
import { createRenewed } from '../kubernetes/renewed.ts';
import type { StsApi } from '../sts/sts-api.ts';
import type { EksApi } from './eks-api.ts';
import { createEksToken } from './eks-token.ts';

/** Where a cluster is changes only when it is made anew under its old name. Who is led astray does not wait as long. */
const CLUSTER_SECONDS = 3600;

interface Endpoint {
  readonly server: string;
  readonly authority: string;
  readonly agent: Agent;
}

interface Dependencies {
  readonly eks: EksApi;
  readonly sts: StsApi;
  readonly clock: Pick<Clock, 'now'>;
  readonly clusterName: string;
}

/** The way to an EKS cluster as the caller's own IAM identity, which needs an access entry of the cluster. */
export const createEksConnection = (dependencies: Dependencies): KubernetesConnection => {
  const { eks, clock, clusterName } = dependencies;
  let known: Endpoint | undefined;

  const describe = async (): Promise<Endpoint> => {
    const { cluster } = await eks.describeCluster({ name: clusterName });
    const { endpoint: server, certificateAuthority, status } = cluster ?? {};
    const authority = certificateAuthority?.data;
    if (server === undefined || authority === undefined)
      throw new CallError(
        'Unknown',
        'NoEndpoint',
        `${clusterName} has no endpoint: it is ${status}`,
      );
    if (known?.server === server && known.authority === authority) return known;
    const ca = Buffer.from(authority, 'base64');
    known = { server, authority, agent: createKeepAliveAgent({ ca }) };
    return known;
  };

  const endpoint = createRenewed({
    clock,
    read: async () => {
      const until = new Date(clock.now().getTime() + CLUSTER_SECONDS * 1000);
      const value = await answered('DescribeCluster', describe());
      return { value, until };
    },
  });

  const token = createRenewed({
    clock,
    read: () => answered('GetCallerIdentity', createEksToken(dependencies, clusterName)),
  });

  const doubt = (): void => {
    endpoint.doubt();
    token.doubt();
  };

  return async () => {
    const [{ server, agent }, bearer] = await Promise.all([endpoint(), token()]);
    return { server, options: { agent, headers: { authorization: `Bearer ${bearer}` } }, doubt };
  };
};
