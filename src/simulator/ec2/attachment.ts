import type { AttachNetworkInterfaceCommandInput } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import type { Random } from '../random.ts';
import { checkAddressCount } from './address-rules.ts';
import { ec2Error } from './errors.ts';
import { existingInstance, existingInterface } from './existing.ts';
import { INSTANCE_TYPES } from './instance-types.ts';
import {
  type Ec2World,
  interfacesOn,
  type SimulatedInstance,
  type SimulatedInterface,
} from './model.ts';

interface Setting {
  readonly world: Ec2World;
  readonly clock: Clock;
  readonly random: Random;
  readonly attachSeconds: number;
  readonly detachSeconds: number;
}

type Placement = Pick<
  NonNullable<SimulatedInterface['attachment']>,
  'deviceIndex' | 'networkCardIndex'
>;

/** An instance that is pending or ending takes no interface ("Attach a network interface", EC2 User Guide). */
const checkState = ({ instanceId, state, operator }: SimulatedInstance): void => {
  if (operator !== undefined)
    throw ec2Error('OperationNotPermitted', `Instance ${instanceId} is managed by ${operator}`);
  if (state !== 'running' && state !== 'stopped')
    throw ec2Error('IncorrectState', `Instance '${instanceId}' is not 'running' or 'stopped'.`);
};

/**
 * A call that names no card means card 0, and is refused for an index that is in use on any card (cilium/cilium#42512). A card
 * has as many indexes as interfaces ("Network cards", EC2 User Guide).
 */
const checkPlace = (
  world: Ec2World,
  instance: SimulatedInstance,
  place: Placement,
  isCardNamed: boolean,
): void => {
  const all = interfacesOn(world, instance.instanceId);
  const onCard = all.filter(
    ({ attachment }) => attachment?.networkCardIndex === place.networkCardIndex,
  );
  const compared = isCardNamed ? onCard : all;
  if (compared.some(({ attachment }) => attachment?.deviceIndex === place.deviceIndex))
    throw ec2Error(
      'InvalidParameterValue',
      `Instance '${instance.instanceId}' already has an interface attached at device index '${place.deviceIndex}'.`,
    );
  const most = INSTANCE_TYPES.get(instance.instanceType)?.[place.networkCardIndex];
  if (most === undefined)
    throw ec2Error(
      'InvalidParameterValue',
      `Network card index ${place.networkCardIndex} exceeds the limit for ${instance.instanceType}`,
    );
  if (onCard.length >= most)
    throw ec2Error(
      'AttachmentLimitExceeded',
      `Interface count ${onCard.length + 1} exceeds the limit for ${instance.instanceType}`,
    );
  if (place.deviceIndex >= most)
    throw ec2Error(
      'InvalidParameterValue',
      `The specified number '${place.deviceIndex}' for the device index exceeds the maximum number of network interfaces supported by the network card at network card index ${place.networkCardIndex}. The maximum devices for this network card is ${most}. Specify a number from 0 to ${most - 1}, and try again.`,
    );
};

/**
 * Both lie in one Availability Zone ("Network interface attachments", EC2 User Guide) and on one Outpost or on none: an Outpost
 * carries the name of its zone. The sentence about Outposts is assumed.
 */
const checkSamePlace = (world: Ec2World, one: string, other: string): void => {
  const [left, right] = [world.subnets.get(one), world.subnets.get(other)];
  if (left?.zone !== right?.zone)
    throw ec2Error(
      'InvalidParameterCombination',
      `You may not attach a network interface to an instance if they are not in the same availability zone`,
    );
  if (left?.outpostArn !== right?.outpostArn)
    throw ec2Error(
      'InvalidParameterCombination',
      `The network interface and the instance are not in the same Outpost.`,
    );
};

/** AttachNetworkInterface and DetachNetworkInterface; both take a while ("NetworkInterfaceAttachment", status). */
export const createAttachment = (
  setting: Setting,
): Pick<Ec2Api, 'attachNetworkInterface' | 'detachNetworkInterface'> => {
  const { world, clock, random } = setting;

  const after = (seconds: number, change: () => void): void => {
    if (seconds === 0) change();
    else void clock.sleep(seconds * 1000).then(change);
  };

  const attach = (input: AttachNetworkInterfaceCommandInput): string => {
    const eni = existingInterface(world, input.NetworkInterfaceId);
    const instance = existingInstance(world, input.InstanceId);
    const place = {
      deviceIndex: input.DeviceIndex ?? 0,
      networkCardIndex: input.NetworkCardIndex ?? 0,
    };
    checkState(instance);
    if (eni.attachment !== undefined)
      throw ec2Error('InvalidNetworkInterface.InUse', `Interface: [${eni.eniId}] in use.`);
    checkSamePlace(world, eni.subnetId, instance.subnetId);
    checkPlace(world, instance, place, input.NetworkCardIndex !== undefined);
    checkAddressCount(world, eni, instance);
    const attachment = {
      attachmentId: random.id('eni-attach'),
      instanceId: instance.instanceId,
      ...place,
      status: 'attaching' as 'attaching' | 'attached' | 'detaching',
      deleteOnTermination: false,
      attachTime: clock.now(),
    };
    eni.attachment = attachment;
    after(setting.attachSeconds, () => {
      if (attachment.status === 'attaching') attachment.status = 'attached';
    });
    return attachment.attachmentId;
  };

  return {
    attachNetworkInterface: async (input) => ({ AttachmentId: attach(input), $metadata: {} }),

    async detachNetworkInterface({ AttachmentId }) {
      const eni = [...world.interfaces.values()].find(
        ({ attachment }) => attachment?.attachmentId === AttachmentId,
      );
      const attachment = eni?.attachment;
      if (eni === undefined || attachment === undefined)
        throw ec2Error(
          'InvalidAttachmentID.NotFound',
          `The attachment '${AttachmentId}' does not exist`,
        );
      if (attachment.deviceIndex === 0 && attachment.networkCardIndex === 0)
        throw ec2Error(
          'OperationNotPermitted',
          `The network interface at device index 0 and networkCard index 0 cannot be detached.`,
        );
      checkState(existingInstance(world, attachment.instanceId));
      if (attachment.status === 'detaching')
        throw ec2Error(
          'IncorrectState',
          `The attachment '${AttachmentId}' is already being detached.`,
        );
      attachment.status = 'detaching';
      after(setting.detachSeconds, () => {
        if (eni.attachment === attachment) eni.attachment = undefined;
      });
      return { $metadata: {} };
    },
  };
};
