import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { selectorText } from '#core/apis/v1alpha1/selector.ts';
import type { Check, Finding } from './finding.ts';
import { few } from './finding.ts';
import { matchedBy, type Patient } from './patient.ts';

/** The functions add the finalizer at once; two sweeps and some are long enough to conclude. */
const TAKEN_UP_SECONDS = 900;

const readyOf = ({ status }: NodeEni) => status?.conditions?.find(({ type }) => type === 'Ready');

const ageSeconds = ({ metadata }: NodeEni, now: Date): number => {
  const { creationTimestamp } = metadata as { readonly creationTimestamp?: string };
  return creationTimestamp === undefined
    ? 0
    : (now.getTime() - Date.parse(creationTimestamp)) / 1000;
};

const isForgotten =
  (now: Date) =>
  (nodeEni: NodeEni): boolean =>
    !nodeEni.metadata.finalizers?.includes(FINALIZER) &&
    ageSeconds(nodeEni, now) > TAKEN_UP_SECONDS;

const unreadFindings = ({ nodeEnis }: Patient): readonly Finding[] =>
  nodeEnis.invalid.map(({ name, faults }) => ({
    severity: 'error',
    what: `The NodeENI ${name} cannot be read: ${faults.join('; ')}.`,
    why: 'Nothing is built or changed for it; its interfaces are kept.',
    mend: `kubectl edit nodeeni ${name}`,
  }));

const forgottenFindings = ({ nodeEnis, now }: Patient): readonly Finding[] => {
  const names = nodeEnis.items.filter(isForgotten(now)).map(({ metadata }) => metadata.name);
  if (names.length === 0) return [];
  return [
    {
      severity: 'error',
      what: `Nobody has taken up ${few(names)} within a quarter of an hour.`,
      why: 'The functions do not run, do not reach the cluster, or work for another one.',
      mend: 'Look at the alarms and logs of the functions sweep and roll-up, or run "nodeeni local".',
    },
  ];
};

const standing = (nodeEni: NodeEni, patient: Patient): readonly Finding[] => {
  const { name } = nodeEni.metadata;
  if (matchedBy(nodeEni, patient).length === 0)
    return [
      {
        severity: 'note',
        what: `The NodeENI ${name} selects no node: ${selectorText(nodeEni.spec)}.`,
        why: 'Nothing is built for it, and it is not ready until a node comes.',
        mend: 'kubectl get nodes --show-labels',
      },
    ];
  const ready = readyOf(nodeEni);
  if (ready?.status !== 'False' || isForgotten(patient.now)(nodeEni)) return [];
  return [
    {
      severity: 'warning',
      what: `The NodeENI ${name} is not ready, ${ready.reason}: ${ready.message}`,
      why: 'Interfaces that it asks for are missing.',
      mend: `nodeeni explain ${name} --cluster ${patient.clusterName}`,
    },
  ];
};

/** How the NodeENIs stand, and whether anybody works for them. */
export const nodeEnisCheck: Check<Patient> = {
  name: 'NodeENIs',
  find: (patient) => [
    ...unreadFindings(patient),
    ...forgottenFindings(patient),
    ...patient.nodeEnis.items.flatMap((nodeEni) => standing(nodeEni, patient)),
  ],
};
