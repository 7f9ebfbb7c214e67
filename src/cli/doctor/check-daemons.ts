import { ignoreNotFound } from '#core/errors.ts';
import { AGENT } from '#core/manifests/agent.ts';
import { bundleName } from '#core/manifests/agent-daemon-set.ts';
import { NAMESPACE } from '#core/manifests/manifest.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import type { Check, Finding } from './finding.ts';
import { matchedNodes, type Patient } from './patient.ts';
import { DAEMON_SETS } from './resources.ts';

interface DaemonSet {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
        readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
      };
    };
  };
  readonly status?: {
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

const daemonSet = async (
  kubernetes: KubernetesApi,
  name: string,
  namespace: string,
): Promise<DaemonSet | undefined> =>
  (await ignoreNotFound(kubernetes.get(DAEMON_SETS, name, namespace))) as unknown as
    | DaemonSet
    | undefined;

const APPLY = 'nodeeni manifests --without-crds --agent | kubectl apply --server-side -f -';

const versionFindings = ({ spec }: DaemonSet, { agentBundle }: Patient): readonly Finding[] => {
  if (agentBundle === undefined) return [];
  const names = (spec.template.spec.volumes ?? []).flatMap(
    ({ configMap }) => configMap?.name ?? [],
  );
  if (names.includes(bundleName(agentBundle))) return [];
  return [
    {
      severity: 'note',
      what: 'The agent on the nodes is of another version than this command.',
      why: 'Versions next to each other work together; further apart nobody has tried it.',
      mend: APPLY,
    },
  ];
};

/** Whether somebody configures the hosts. */
export const agentCheck: Check<Patient> = {
  name: 'node agent',
  async find(patient) {
    const agent = await daemonSet(patient.kubernetes, AGENT, NAMESPACE);
    if (agent === undefined)
      return [
        {
          severity: 'warning',
          what: `There is no DaemonSet ${NAMESPACE}/${AGENT}.`,
          why: 'Interfaces are attached, and nobody sets their links up, unless Systems Manager does.',
          mend: APPLY,
        },
      ];
    const { desiredNumberScheduled: desired = 0, numberReady: ready = 0 } = agent.status ?? {};
    const away: readonly Finding[] =
      ready >= desired
        ? []
        : [
            {
              severity: 'warning',
              what: `The agent is ready on ${ready} of ${desired} nodes.`,
              why: 'On the others no link is set up, and a release waits for a minute.',
              mend: `kubectl -n ${NAMESPACE} get pods -o wide -l app.kubernetes.io/component=agent`,
            },
          ];
    return [...away, ...versionFindings(agent, patient)];
  },
};

/** Whether the VPC CNI leaves room for our interfaces ("MAX_ENI", amazon-vpc-cni-k8s). */
export const vpcCniCheck: Check<Patient> = {
  name: 'VPC CNI',
  async find(patient) {
    const cni = await daemonSet(patient.kubernetes, 'aws-node', 'kube-system');
    if (cni === undefined || matchedNodes(patient).length === 0) return [];
    const env = cni.spec.template.spec.containers.flatMap((container) => container.env ?? []);
    const value = env.find(({ name }) => name === 'MAX_ENI')?.value;
    if (Number(value) > 0) return [];
    return [
      {
        severity: 'warning',
        what: 'The VPC CNI may take every interface of a node: MAX_ENI is not set.',
        why: 'As pods come it takes the places that NodeENIs need (InstanceLimitReached).',
        mend: 'kubectl -n kube-system set env daemonset/aws-node MAX_ENI=<what the CNI may take>',
      },
    ];
  },
};
