import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';
import { environmentProxyFor } from './environment-proxy.ts';
import type { ExecPlugin } from './exec-credentials.ts';
import type { Fields } from './kube-config-files.ts';

/** Somebody else to act as ("User impersonation", kubernetes.io). */
export interface Impersonation {
  readonly user?: string;
  readonly groups?: readonly string[];
}

/** A user of client-node, with what client-node does not know. */
export interface KubeUser extends User {
  readonly tokenFile?: string;
  readonly plugin?: ExecPlugin;
  readonly impersonation?: Readonly<Record<string, string | readonly string[]>>;
}

/** The cluster of EKS that a user's token is for, which EKS verifies ("get-token", AWS CLI Command Reference). */
export const eksClusterOf = ({ plugin }: KubeUser): string | undefined => {
  const { args = [] } = plugin ?? {};
  const index = args.findIndex((arg) => /^--cluster-name(=|$)/.test(arg));
  if (index < 0 || !args.includes('get-token')) return undefined;
  return args[index]?.split('=')[1] ?? args[index + 1];
};

const textOf = (fields: Fields, key: string): string | undefined => {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const fieldsOf = (fields: Fields, key: string): Fields => (fields[key] ?? {}) as Fields;

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];

/** What is in the kubeconfig itself goes before a file that it names, as in client-go. */
const dataOrFile = (fields: Fields, key: string) => {
  const data = textOf(fields, `${key}-data`);
  return data === undefined ? { file: textOf(fields, key) } : { data };
};

/** A cluster as client-node takes it, with the proxy that kubectl would use. */
export const clusterOf = (name: string, fields: Fields, env: NodeJS.ProcessEnv): Cluster => {
  const server = (textOf(fields, 'server') ?? '').replace(/\/$/, '');
  const { data: caData, file: caFile } = dataOrFile(fields, 'certificate-authority');
  const tlsServerName = textOf(fields, 'tls-server-name');
  const proxyUrl = textOf(fields, 'proxy-url') ?? environmentProxyFor(server, env);
  return {
    name,
    server,
    skipTLSVerify: fields['insecure-skip-tls-verify'] === true,
    ...(caData !== undefined && { caData }),
    ...(caFile !== undefined && { caFile }),
    ...(tlsServerName !== undefined && { tlsServerName }),
    ...(proxyUrl !== undefined && { proxyUrl }),
  };
};

/** The part of a cluster that a program for credentials is told of ("ExecCredential", client-go). */
const CLUSTER_KEYS = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority-data',
  'proxy-url',
];

const pluginOf = (exec: Fields, cluster: Fields): ExecPlugin => {
  const installHint = textOf(exec, 'installHint');
  const mode = exec.interactiveMode;
  const env = Array.isArray(exec.env) ? (exec.env as readonly Fields[]) : [];
  const { config = null } = (Array.isArray(cluster.extensions) ? cluster.extensions : [])
    .filter((entry: Fields) => entry.name === 'client.authentication.k8s.io/exec')
    .map((entry: Fields) => ({ config: entry.extension }))[0] ?? { config: null };
  const known = CLUSTER_KEYS.filter((key) => key in cluster).map((key) => [key, cluster[key]]);
  return {
    apiVersion: textOf(exec, 'apiVersion') ?? '',
    command: textOf(exec, 'command') ?? '',
    args: textsOf(exec.args),
    env: Object.fromEntries(env.map(({ name, value }) => [String(name), String(value)])),
    interactiveMode: mode === 'Never' || mode === 'Always' ? mode : 'IfAvailable',
    ...(installHint !== undefined && { installHint }),
    ...(exec.provideClusterInfo === true && {
      cluster: { ...Object.fromEntries(known), config },
    }),
  };
};

/** Headers of an impersonation: of the command line, which goes before each part that the kubeconfig has. */
const impersonationOf = (user: Fields, given: Impersonation) => {
  const name = given.user ?? textOf(user, 'as');
  const uid = textOf(user, 'as-uid');
  const groups = given.groups?.length ? given.groups : textsOf(user['as-groups']);
  const extra = Object.entries(fieldsOf(user, 'as-user-extra')).map(
    ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, textsOf(values)] as const,
  );
  if (name === undefined) return undefined;
  return {
    'Impersonate-User': name,
    ...(uid !== undefined && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...Object.fromEntries(extra),
  };
};

/** A user as client-node takes it; a file with a token goes before a token. */
export const userOf = (
  name: string,
  fields: Fields,
  cluster: Fields,
  given: Impersonation,
): KubeUser => {
  const { data: certData, file: certFile } = dataOrFile(fields, 'client-certificate');
  const { data: keyData, file: keyFile } = dataOrFile(fields, 'client-key');
  const tokenFile = textOf(fields, 'tokenFile');
  const token = tokenFile === undefined ? textOf(fields, 'token') : undefined;
  const username = textOf(fields, 'username');
  const impersonation = impersonationOf(fields, given);
  return {
    name,
    ...(certData !== undefined && { certData }),
    ...(certFile !== undefined && { certFile }),
    ...(keyData !== undefined && { keyData }),
    ...(keyFile !== undefined && { keyFile }),
    ...(token !== undefined && { token }),
    ...(username !== undefined && { username, password: textOf(fields, 'password') ?? '' }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(fields['auth-provider'] !== undefined && { authProvider: fields['auth-provider'] }),
    ...(fields.exec !== undefined && { plugin: pluginOf(fieldsOf(fields, 'exec'), cluster) }),
    ...(impersonation !== undefined && { impersonation }),
  };
};
