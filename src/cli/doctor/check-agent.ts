import { AGENT } from '#core/manifests/agent.ts';
import { bundleName } from '#core/manifests/agent-daemon-set.ts';
import { NAMESPACE } from '#core/manifests/manifest.ts';
import { type DaemonSet, named } from './daemon-set.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';

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
    const agent = named(await patient.daemonSets(), AGENT, NAMESPACE);
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
