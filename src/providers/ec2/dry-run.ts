import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';
import { toTags } from './mapping.ts';

/** What the calls are tried on. */
export interface Trial {
  readonly subnetId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** An interface of ours that is attached; without one only its creation is tried. */
  readonly attached?: {
    readonly eniId: string;
    readonly instanceId: string;
    readonly attachmentId: string;
  };
}

/** EC2's word for "you may", of a call that it was not to make ("DryRun", Amazon EC2 API Reference). */
const ALLOWED = 'DryRunOperation';

const trialsOf = (
  ec2: Ec2Api,
  { subnetId, tags, attached }: Trial,
): Readonly<Record<string, () => Promise<unknown>>> => {
  const DryRun = true;
  const creation = {
    CreateNetworkInterface: () =>
      ec2.createNetworkInterface({
        DryRun,
        SubnetId: subnetId,
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: toTags(tags) }],
      }),
  };
  if (attached === undefined) return creation;
  const { eniId: NetworkInterfaceId, instanceId: InstanceId, attachmentId } = attached;
  return {
    ...creation,
    AttachNetworkInterface: () =>
      // An index at which nothing is: EC2 looks at permissions first.
      ec2.attachNetworkInterface({ DryRun, NetworkInterfaceId, InstanceId, DeviceIndex: 14 }),
    ModifyNetworkInterfaceAttribute: () =>
      ec2.modifyNetworkInterfaceAttribute({
        DryRun,
        NetworkInterfaceId,
        Attachment: { AttachmentId: attachmentId, DeleteOnTermination: true },
      }),
    CreateTags: () =>
      ec2.createTags({ DryRun, Resources: [NetworkInterfaceId], Tags: toTags(tags) }),
    DetachNetworkInterface: () =>
      ec2.detachNetworkInterface({ DryRun, AttachmentId: attachmentId }),
    DeleteNetworkInterface: () => ec2.deleteNetworkInterface({ DryRun, NetworkInterfaceId }),
  };
};

/** Which changes of interfaces whoever asks may not make; what EC2 refuses for another reason says nothing. Nothing is changed. */
export const readDeniedChanges = async (ec2: Ec2Api, trial: Trial): Promise<readonly string[]> => {
  const outcomes = await Promise.all(
    Object.entries(trialsOf(ec2, trial)).map(async ([action, tryIt]) => {
      try {
        await tryIt();
        return [];
      } catch (error) {
        const { failure, code } = classifyEc2Error(action, error);
        return code !== ALLOWED && failure === 'Denied' ? [action] : [];
      }
    }),
  );
  return outcomes.flat();
};
