import { statSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { CallError } from '#core/errors.ts';
import { clusterOf, type Impersonation, userOf } from './kube-config-entries.ts';
import {
  type KubeConfigText,
  parseKubeConfigText,
  readKubeConfigFiles,
} from './kube-config-files.ts';

export interface KubeConfigChoice {
  readonly file?: string;
  readonly context?: string;
  readonly impersonation?: Impersonation;
  readonly env?: NodeJS.ProcessEnv;
}

const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** A pod that may use its own account (`inClusterClientConfig.Possible`, client-go). */
const isInCluster = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.KUBERNETES_SERVICE_HOST && env.KUBERNETES_SERVICE_PORT) &&
  statSync(TOKEN_FILE, { throwIfNoEntry: false })?.isFile() === true;

const noContext = (message: string): CallError => new CallError('Invalid', 'NoContext', message);

const namesOf = (entries: ReadonlyMap<string, unknown>): string =>
  [...entries.keys()].join(', ') || 'none';

const checkImpersonation = (given: Impersonation, isNamed: boolean): void => {
  if (given.groups?.length && !isNamed)
    throw new CallError(
      'Invalid',
      'BadKubeconfig',
      'Groups are to be acted for, and no user: add --as to --as-group.',
    );
};

/** One context of it, and nothing else. */
const chosen = (
  text: KubeConfigText,
  name: string,
  { impersonation = {}, env = process.env }: KubeConfigChoice,
): KubeConfig => {
  const context = text.contexts.get(name);
  if (context === undefined)
    throw noContext(`The kubeconfig has no context "${name}". It has: ${namesOf(text.contexts)}.`);
  const clusterName = String(context.cluster ?? '');
  const userName = String(context.user ?? '');
  const cluster = text.clusters.get(clusterName);
  if (typeof cluster?.server !== 'string' || cluster.server === '')
    throw noContext(
      `Context "${name}" of the kubeconfig is for cluster "${clusterName}", of which it tells no server.`,
    );
  const fields = text.users.get(userName) ?? {};
  const user = userOf(userName, fields, cluster, impersonation);
  checkImpersonation(impersonation, user.impersonation !== undefined);
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [clusterOf(clusterName, cluster, env)],
    users: [user],
    contexts: [{ name, cluster: clusterName, user: userName }],
    currentContext: name,
  });
  return config;
};

/**
 * Reads the kubeconfig that kubectl would, and takes the context that is named, or its current one. The account of a
 * pod is taken only where there is none and nothing was asked for (`DeferredLoadingClientConfig`, client-go). Throws
 * `CallError` Invalid with one sentence that says what to do.
 */
export const loadKubeConfig = (choice: KubeConfigChoice = {}): KubeConfig => {
  const { file, context, impersonation = {}, env = process.env } = choice;
  const text = readKubeConfigFiles(file, env);
  const name = context || text.currentContext;
  if (name !== undefined) return chosen(text, name, choice);
  const isAsked = impersonation.user !== undefined || impersonation.groups?.length;
  if (isInCluster(env) && !isAsked) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return config;
  }
  if (text.contexts.size > 0)
    throw noContext('The kubeconfig names no current context. Choose one with --context.');
  throw noContext(
    `There is no kubeconfig with a context${text.files.length === 0 ? '' : `: looked at ${text.files.join(', ')}`}. Give --kubeconfig, or write one, with "aws eks update-kubeconfig" for EKS.`,
  );
};

/**
 * Reads the text of a kubeconfig. Out: undefined when it is none, or names no current context. Why is not told: a YAML
 * parser's complaint quotes the lines it cannot read, and credentials are on them.
 */
export const parseKubeConfig = (text: string): KubeConfig | undefined => {
  try {
    const parsed = parseKubeConfigText(text);
    return parsed.currentContext === undefined
      ? undefined
      : chosen(parsed, parsed.currentContext, {});
  } catch {
    return undefined;
  }
};
