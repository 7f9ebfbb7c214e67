import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { LoggedCall } from '#simulator/call-log.ts';
import { type Change, short } from './line.ts';
import type { Snapshot } from './snapshot.ts';

/** The parts of EC2's inputs that are worth telling. */
interface CallInput {
  readonly NetworkInterfaceId?: string;
  readonly InstanceId?: string;
  readonly SubnetId?: string;
  readonly DeviceIndex?: number;
  readonly AttachmentId?: string;
  readonly Attachment?: { readonly DeleteOnTermination?: boolean };
  readonly TagSpecifications?: readonly {
    readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  }[];
}

const instanceTagOf = ({ TagSpecifications = [] }: CallInput): string =>
  TagSpecifications.flatMap(({ Tags = [] }) => Tags).find(({ Key }) => Key === TAGS.instance)
    ?.Value ?? 'no instance';

const inWords = ({ action, input }: LoggedCall, before: Snapshot): string => {
  const given: CallInput = input;
  const { NetworkInterfaceId: eniId = '', InstanceId: instanceId = '', AttachmentId } = given;
  switch (action) {
    case 'CreateNetworkInterface':
      return `creates an interface for ${short(instanceTagOf(given))} in ${short(given.SubnetId ?? '')}`;
    case 'AttachNetworkInterface':
      return `attaches ${short(eniId)} to ${short(instanceId)} at index ${given.DeviceIndex}`;
    case 'DetachNetworkInterface': {
      const eni = [...before.interfaces.values()].find(
        (candidate) => candidate.attachmentId === AttachmentId,
      );
      return `detaches ${short(eni?.eniId ?? AttachmentId ?? '')}`;
    }
    case 'DeleteNetworkInterface':
      return `deletes ${short(eniId)}`;
    case 'ModifyNetworkInterfaceAttribute':
      return given.Attachment?.DeleteOnTermination === true
        ? `lets ${short(eniId)} end with its instance`
        : `changes ${short(eniId)}`;
    default:
      return action;
  }
};

/** What a call to EC2 is to a reader; nothing for a look that was answered. */
export const callChanges = (call: LoggedCall, before: Snapshot): readonly Change[] => {
  const { action, errorCode } = call;
  if (errorCode !== undefined) return [{ who: 'EC2', what: `does not do ${action}: ${errorCode}` }];
  if (action.startsWith('Describe')) return [];
  return [{ who: 'nodeeni', what: inWords(call, before) }];
};
