import { AGENT_IMAGE, agentDaemonSet } from '#core/manifests/agent-daemon-set.ts';

type Variable = { readonly name: string; readonly value?: string };
type Probe = {
  readonly httpGet: { readonly path: string };
  readonly periodSeconds: number;
};

export type AgentContainer = {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly resources: { readonly requests: { readonly cpu: string; readonly memory: string } };
};

type DaemonSet = {
  readonly kind: string;
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly AgentContainer[] } };
  };
};

const readContainer = (): AgentContainer => {
  const manifests = agentDaemonSet({
    bundle: '',
    image: AGENT_IMAGE,
    pluginNamespaces: ['kube-system'],
  });
  const daemonSet = manifests.find(({ kind }) => kind === 'DaemonSet') as DaemonSet | undefined;
  const [container] = daemonSet?.spec.template.spec.containers ?? [];
  if (container === undefined) throw new Error('The manifests have no container for the agent.');
  return container;
};

/** The agent's container as the manifests have it: an agent that is tried out runs with Node's options of that one. */
export const AGENT_CONTAINER = readContainer();

/** The options of Node itself: the words between `node` and the bundle. */
export const NODE_FLAGS: readonly string[] = AGENT_CONTAINER.command.slice(1);

/** The variables whose values are the same on every host. */
export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  AGENT_CONTAINER.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
);

/** What the manifests give the agent for one of its options. Throws when they do not name it. */
export const agentOption = (name: string): string => {
  const value = AGENT_CONTAINER.args[AGENT_CONTAINER.args.indexOf(`--${name}`) + 1];
  if (value === undefined || !AGENT_CONTAINER.args.includes(`--${name}`))
    throw new Error(`The manifests give the agent no --${name}.`);
  return value;
};
