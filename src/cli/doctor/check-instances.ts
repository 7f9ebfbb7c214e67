import { clusterTagOf, isOfCluster } from '#core/apis/v1alpha1/names.ts';
import type { Check, Finding } from './finding.ts';
import { few } from './finding.ts';
import { matchedNodes, type Patient } from './patient.ts';

/** One finding about all that it is true of. */
const about = (
  names: readonly string[],
  finding: (names: string) => Finding,
): readonly Finding[] => (names.length === 0 ? [] : [finding(few(names))]);

/** Whether the nodes that are selected are instances that take our interfaces. */
export const instancesCheck: Check<Patient> = {
  name: 'instances of the nodes',
  find(patient) {
    const { instances, clusterName } = patient;
    const nodes = matchedNodes(patient);
    const known = nodes.flatMap(({ instanceId = '' }) => instances.get(instanceId) ?? []);
    const none = nodes.filter(({ instanceId }) => instanceId === undefined);
    const unknown = nodes.filter(
      ({ instanceId }) => instanceId !== undefined && !instances.has(instanceId),
    );
    const foreign = known.filter((instance) => !isOfCluster(instance, clusterName));
    const managed = known.filter(({ operator }) => operator !== undefined);
    return [
      ...about(
        none.map(({ name }) => name),
        (names) => ({
          severity: 'warning',
          what: `Selected nodes are no EC2 instances: ${names}.`,
          why: 'Nothing can be attached to them (NoInstance).',
          mend: 'Keep them out of the selector, or see why the cloud controller sets no providerID.',
        }),
      ),
      ...about(
        unknown.map(({ name }) => name),
        (names) => ({
          severity: 'error',
          what: `EC2 does not know the instances of ${names}.`,
          why: 'They have ended, or belong to another account or region (InstanceNotFound).',
          mend: 'kubectl delete node <name>, or another --region and AWS_PROFILE',
        }),
      ),
      ...about(
        foreign.map(({ instanceId }) => instanceId),
        (names) => ({
          severity: 'error',
          what: `Instances lack the tag ${clusterTagOf(clusterName)}: ${names}.`,
          why: 'The policy of the functions lets nobody attach to them (InstanceNotTagged).',
          mend: `aws ec2 create-tags --resources <ids> --tags Key=${clusterTagOf(clusterName)},Value=owned`,
        }),
      ),
      ...about(
        managed.map(({ instanceId }) => instanceId),
        (names) => ({
          severity: 'warning',
          what: `AWS manages these instances: ${names}.`,
          why: 'Nobody else may attach to an instance of EKS Auto Mode (UnsupportedNode).',
          mend: 'Keep them out of the selector.',
        }),
      ),
    ];
  },
};
