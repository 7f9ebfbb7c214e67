import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { checkGroups } from './creation.ts';
import { ec2Error } from './errors.ts';
import type { Ec2World, SimulatedInterface } from './model.ts';

type Changes = Pick<
  Ec2Api,
  'modifyNetworkInterfaceAttribute' | 'deleteNetworkInterface' | 'createTags' | 'deleteTags'
>;

/** Attributes, tags and the end of an ENI. */
export const createChanges = (world: Ec2World): Changes => {
  const existing = (eniId: string | undefined): SimulatedInterface => {
    const eni = world.interfaces.get(eniId ?? '');
    if (eni === undefined)
      throw ec2Error(
        'InvalidNetworkInterfaceID.NotFound',
        `The networkInterface ID '${eniId}' does not exist`,
      );
    return eni;
  };

  const setFlag = (
    eni: SimulatedInterface,
    attachmentId: string | undefined,
    value: boolean,
  ): void => {
    if (eni.attachment === undefined || eni.attachment.attachmentId !== attachmentId)
      throw ec2Error(
        'InvalidAttachmentID.NotFound',
        `The attachment '${attachmentId}' does not exist`,
      );
    eni.attachment.deleteOnTermination = value;
  };

  return {
    async modifyNetworkInterfaceAttribute(input) {
      const eni = existing(input.NetworkInterfaceId);
      const { Attachment, Groups, Description, SourceDestCheck } = input;
      if (Attachment !== undefined)
        setFlag(eni, Attachment.AttachmentId, Attachment.DeleteOnTermination ?? false);
      if (Groups !== undefined) {
        checkGroups(world, Groups, world.subnets.get(eni.subnetId)?.vpcId ?? '');
        eni.groupIds = [...Groups];
      }
      if (Description !== undefined) eni.description = Description.Value ?? '';
      if (SourceDestCheck !== undefined) eni.sourceDestCheck = SourceDestCheck.Value ?? true;
      return { $metadata: {} };
    },

    async deleteNetworkInterface({ NetworkInterfaceId }) {
      const eni = existing(NetworkInterfaceId);
      if (eni.attachment !== undefined)
        throw ec2Error(
          'InvalidParameterValue',
          `Network interface '${eni.eniId}' is currently in use.`,
        );
      world.interfaces.delete(eni.eniId);
      return { $metadata: {} };
    },

    async createTags({ Resources = [], Tags = [] }) {
      for (const id of Resources)
        for (const { Key = '', Value = '' } of Tags) existing(id).tags.set(Key, Value);
      return { $metadata: {} };
    },

    async deleteTags({ Resources = [], Tags = [] }) {
      for (const id of Resources) for (const { Key = '' } of Tags) existing(id).tags.delete(Key);
      return { $metadata: {} };
    },
  };
};
