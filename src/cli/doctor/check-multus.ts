import { ignoreNotFound } from '#core/errors.ts';
import type { DaemonSet } from './daemon-set.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { CRDS } from './resources.ts';

/** The kind by which pods ask Multus for further networks ("NetworkAttachmentDefinition", Network Plumbing Working Group). */
const NETWORKS = 'network-attachment-definitions.k8s.cni.cncf.io';

const runs = ({ spec }: DaemonSet, program: string): boolean =>
  spec.template.spec.containers.some(({ image = '' }) => image.includes(program));

/** Folders of the host in which a DaemonSet looks for configurations of CNI. */
const configFolders = ({ spec }: DaemonSet): readonly string[] =>
  (spec.template.spec.volumes ?? []).flatMap(({ hostPath }) =>
    hostPath !== undefined && /net\.d\/?$/.test(hostPath.path)
      ? [hostPath.path.replace(/\/$/, '')]
      : [],
  );

const ABSENT: Finding = {
  severity: 'warning',
  what: 'There are NetworkAttachmentDefinitions, and no DaemonSet runs Multus.',
  why: 'Pods that ask for a further network do not get one; the interfaces of the nodes are not touched by that.',
  mend: 'Install Multus: https://github.com/k8snetworkplumbingwg/multus-cni',
};

const elsewhere = (
  multus: DaemonSet,
  folders: readonly string[],
  cni: readonly string[],
): Finding => ({
  severity: 'error',
  what: `Multus (${multus.metadata.name}) reads ${folders.join(', ')}, and the VPC CNI writes ${cni.join(', ')}.`,
  why: 'The kubelet never calls Multus, or Multus finds no default network: pods get no further network.',
  mend: `kubectl -n ${multus.metadata.namespace ?? 'kube-system'} edit daemonset ${multus.metadata.name}`,
});

const unready = ({ metadata, status = {} }: DaemonSet): readonly Finding[] => {
  const { desiredNumberScheduled: desired = 0, numberReady: ready = 0 } = status;
  if (ready >= desired) return [];
  return [
    {
      severity: 'warning',
      what: `Multus is ready on ${ready} of ${desired} nodes.`,
      why: 'On the others new pods wait for their networks.',
      mend: `kubectl -n ${metadata.namespace ?? 'kube-system'} rollout status daemonset/${metadata.name}`,
    },
  ];
};

/** Whether Multus is there for those who ask for it, and looks where the VPC CNI writes. */
export const multusCheck: Check<Patient> = {
  name: 'Multus',
  async find({ kubernetes, daemonSets }) {
    const networks = await ignoreNotFound(kubernetes.get(CRDS, NETWORKS));
    const all = await daemonSets();
    const multus = all.find((each) => runs(each, 'multus'));
    if (multus === undefined) return networks === undefined ? [] : [ABSENT];
    const folders = configFolders(multus);
    const cni = all.filter(({ metadata }) => metadata.name === 'aws-node').flatMap(configFolders);
    const isElsewhere =
      folders.length > 0 && cni.length > 0 && !folders.some((folder) => cni.includes(folder));
    return [...(isElsewhere ? [elsewhere(multus, folders, cni)] : []), ...unready(multus)];
  },
};
