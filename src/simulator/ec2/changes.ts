import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { checkDescription, checkGroups } from './creation.ts';
import { ec2Error } from './errors.ts';
import { existingInterface } from './existing.ts';
import type { Ec2World, SimulatedInterface } from './model.ts';

type Changes = Pick<Ec2Api, 'modifyNetworkInterfaceAttribute' | 'deleteNetworkInterface'>;

/** "You can specify only one attribute at a time" ("ModifyNetworkInterfaceAttribute", EC2 API Reference). */
const checkAttributes = (attributes: readonly unknown[]): void => {
  const { length } = attributes.filter((attribute) => attribute !== undefined);
  if (length === 0)
    throw ec2Error('MissingParameter', 'The request must contain one attribute to change');
  if (length > 1)
    throw ec2Error(
      'InvalidParameterCombination',
      'Only one attribute can be changed in one request',
    );
};

/** Attributes and the end of an ENI. */
export const createChanges = (world: Ec2World): Changes => {
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
      const eni = existingInterface(world, input.NetworkInterfaceId);
      const { Attachment, Groups, Description, SourceDestCheck } = input;
      checkAttributes([Attachment, Groups, Description, SourceDestCheck]);
      if (Attachment !== undefined)
        setFlag(eni, Attachment.AttachmentId, Attachment.DeleteOnTermination ?? false);
      if (Groups !== undefined) {
        checkGroups(world, Groups, world.subnets.get(eni.subnetId)?.vpcId ?? '');
        eni.groupIds = [...Groups];
      }
      if (Description !== undefined) {
        checkDescription(Description.Value);
        eni.description = Description.Value ?? '';
      }
      if (SourceDestCheck !== undefined) eni.sourceDestCheck = SourceDestCheck.Value ?? true;
      return { $metadata: {} };
    },

    async deleteNetworkInterface({ NetworkInterfaceId }) {
      const eni = existingInterface(world, NetworkInterfaceId);
      if (eni.attachment !== undefined)
        throw ec2Error(
          'InvalidParameterValue',
          `Network interface '${eni.eniId}' is currently in use.`,
        );
      world.interfaces.delete(eni.eniId);
      return { $metadata: {} };
    },
  };
};
