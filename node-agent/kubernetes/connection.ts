import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the API server is reached. */
export interface Connection {
  /** `https://10.100.0.1:443` */
  readonly server: string;
  readonly caCertificate?: string;
  /** Read before each request: the kubelet renews a service account's token in place. */
  readonly readToken: () => string | undefined;
}

const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface ConnectionSettings {
  /** Absent: the API server of the cluster the agent runs in. */
  readonly server?: string;
  readonly caFile?: string;
  readonly tokenFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const inClusterServer = ({
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port,
}: Environment) => {
  if (host === undefined || port === undefined) return undefined;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
};

/**
 * The connection of a pod to its own cluster ("Accessing the Kubernetes API from a Pod", kubernetes.io), or the one the
 * settings name. Undefined when there is neither. Throws when a file cannot be read.
 */
export const connect = (
  { server, caFile, tokenFile }: ConnectionSettings,
  environment: Environment,
): Connection | undefined => {
  const isInCluster = server === undefined;
  const url = server ?? inClusterServer(environment);
  if (url === undefined) return undefined;
  const ca = caFile ?? (isInCluster ? join(SERVICE_ACCOUNT_FOLDER, 'ca.crt') : undefined);
  const token = tokenFile ?? (isInCluster ? join(SERVICE_ACCOUNT_FOLDER, 'token') : undefined);
  return {
    server: url,
    ...(ca === undefined ? {} : { caCertificate: readFileSync(ca, 'utf8') }),
    readToken: () => (token === undefined ? undefined : readFileSync(token, 'utf8').trim()),
  };
};
