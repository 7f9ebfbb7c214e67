import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import {
  groupAnswer,
  instanceAnswer,
  instanceTypeAnswer,
  interfaceAnswer,
  subnetAnswer,
} from './answers.ts';
import { ec2Error } from './errors.ts';
import { filtered, page } from './filters.ts';
import { INSTANCE_TYPES } from './instance-types.ts';
import type { Ec2World, SimulatedInterface } from './model.ts';

type Describes = Pick<
  Ec2Api,
  | 'describeInstances'
  | 'describeInstanceTypes'
  | 'describeNetworkInterfaces'
  | 'describeSecurityGroups'
  | 'describeSubnets'
>;

/** The reading half of EC2. `isVisible` is where eventual consistency comes in. */
export const createDescribes = (
  world: Ec2World,
  isVisible: (eni: SimulatedInterface) => boolean,
): Describes => ({
  async describeInstances(input) {
    const found = filtered(world.instances.values(), input.Filters, (instance) => ({
      'instance-id': [instance.instanceId],
      'instance-state-name': [instance.state],
      'private-dns-name': [instance.privateDnsName],
      'subnet-id': [instance.subnetId],
      'vpc-id': [world.subnets.get(instance.subnetId)?.vpcId],
    }));
    const { items, next } = page(found, input);
    const Instances = items.map((instance) => instanceAnswer(world, instance));
    return { Reservations: [{ Instances }], ...next, $metadata: {} };
  },

  async describeInstanceTypes(input) {
    const types = [...INSTANCE_TYPES].map(([name, cards]) => ({ name, cards, tags: new Map() }));
    const found = filtered(types, input.Filters, ({ name }) => ({ 'instance-type': [name] }));
    const InstanceTypes = found.map(({ name, cards }) => instanceTypeAnswer(name, cards));
    return { InstanceTypes, $metadata: {} };
  },

  async describeNetworkInterfaces(input) {
    if (input.NetworkInterfaceIds !== undefined && input.MaxResults !== undefined)
      throw ec2Error(
        'InvalidParameterCombination',
        'The parameter MaxResults cannot be used with NetworkInterfaceIds.',
      );
    const visible = [...world.interfaces.values()].filter(isVisible);
    const found = filtered(visible, input.Filters, (eni) => ({
      'network-interface-id': [eni.eniId],
      'subnet-id': [eni.subnetId],
      'vpc-id': [world.subnets.get(eni.subnetId)?.vpcId],
      'group-id': eni.groupIds,
      'private-ip-address': [eni.privateIpAddress],
      'attachment.instance-id': [eni.attachment?.instanceId],
      'attachment.status': [eni.attachment?.status],
      status: [interfaceAnswer(world, eni).Status],
    }));
    const { items, next } = page(found, input);
    const NetworkInterfaces = items.map((eni) => interfaceAnswer(world, eni));
    return { NetworkInterfaces, ...next, $metadata: {} };
  },

  async describeSubnets(input) {
    const found = filtered(world.subnets.values(), input.Filters, ({ subnetId, vpcId, zone }) => ({
      'subnet-id': [subnetId],
      'vpc-id': [vpcId],
      'availability-zone': [zone],
    }));
    return { Subnets: found.map((subnet) => subnetAnswer(world, subnet)), $metadata: {} };
  },

  async describeSecurityGroups(input) {
    const found = filtered(
      world.groups.values(),
      input.Filters,
      ({ groupId, groupName, vpcId }) => ({
        'group-id': [groupId],
        'group-name': [groupName],
        'vpc-id': [vpcId],
      }),
    );
    return { SecurityGroups: found.map(groupAnswer), $metadata: {} };
  },
});
