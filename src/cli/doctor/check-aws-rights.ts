import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { type Check, few } from './finding.ts';
import type { Outside, Patient } from './patient.ts';

/** What the functions change at AWS, and the reads without which they know nothing. */
export const CHANGES = [
  'ec2:DescribeInstances',
  'ec2:DescribeNetworkInterfaces',
  'ec2:CreateNetworkInterface',
  'ec2:CreateTags',
  'ec2:AttachNetworkInterface',
  'ec2:ModifyNetworkInterfaceAttribute',
  'ec2:DetachNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'autoscaling:RecordLifecycleActionHeartbeat',
  'autoscaling:CompleteLifecycleAction',
] as const;

/**
 * Whether an organisation, a permissions boundary or a denial keeps the functions from what their own policies allow. Their roles
 * are those that a cluster of EKS lets into their group; of another kind of cluster nobody tells them.
 */
export const awsRightsCheck: Check<Outside> = {
  name: 'rights of the functions at AWS',
  isOptional: true,
  async find({ account, eksName, group }) {
    if (eksName === undefined) return [];
    const roles = await account.membersOf({ clusterName: eksName, group });
    const forbidden = await Promise.all(
      roles.map((roleArn) => account.forbidden({ roleArn, actions: CHANGES })),
    );
    // A role that lacks what only another one does is as it should be.
    const byNobody = CHANGES.filter(
      (action) => roles.length > 0 && forbidden.every((actions) => actions.includes(action)),
    );
    if (byNobody.length === 0) return [];
    return [
      {
        severity: 'error',
        what: `A policy of the organisation, a permissions boundary or a denial forbids the functions: ${byNobody.join(', ')}.`,
        why: `What they need of AWS is refused (AccessDenied), whatever their own policies say. Asked for ${few(roles.map((arn) => arn.replace(/^.*\//, '')))}.`,
        mend: 'Allow these actions to the roles (docs/reference/iam.md), then nodeeni retry.',
      },
    ];
  },
};

const attachedOf = ({ eniId, attachment }: NetworkInterface) =>
  attachment?.instanceId === undefined
    ? undefined
    : { eniId, instanceId: attachment.instanceId, attachmentId: attachment.attachmentId };

/** Whether whoever asks may do what `nodeeni local`, `adopt` and `gc` do with their rights: EC2 is asked, and makes nothing. */
export const ownRightsCheck: Check<Patient> = {
  name: 'your rights at EC2',
  isOptional: true,
  async find({ account, clusterName, uid, nodeEnis, stores }) {
    const [nodeEni] = nodeEnis.items.filter(
      ({ spec }) => spec.subnetID !== undefined || (spec.subnetIDs?.length ?? 0) > 0,
    );
    const subnetId = nodeEni?.spec.subnetID ?? nodeEni?.spec.subnetIDs?.[0];
    if (nodeEni === undefined || subnetId === undefined) return [];
    const enis = await stores.enis.listForNodeEni(nodeEni.metadata.uid);
    const [attached] = enis.flatMap((eni) => attachedOf(eni) ?? []);
    const tags = { [TAGS.cluster]: clusterName, [TAGS.clusterUid]: uid };
    const denied = await account.deniedChanges({ subnetId, tags, ...(attached && { attached }) });
    if (denied.length === 0) return [];
    return [
      {
        severity: 'note',
        what: `EC2 does not let you: ${denied.join(', ')}.`,
        why: 'The functions have roles of their own; "nodeeni local", "adopt" and "gc" have your rights.',
        mend: 'docs/reference/iam-of-commands.md has what each command needs.',
      },
    ];
  },
};
