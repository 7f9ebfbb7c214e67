import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import {
  groupAnswer,
  instanceAnswer,
  instanceTypeAnswer,
  interfaceAnswer,
  subnetAnswer,
} from './answers.ts';
import { ec2Error } from './errors.ts';
import { existingGroup, existingInstance, existingInterface, existingSubnet } from './existing.ts';
import {
  ASSOCIATION_FIELDS,
  GROUP_FIELDS,
  INSTANCE_TYPE_FIELDS,
  instanceFields,
  interfaceFields,
  SUBNET_FIELDS,
} from './filter-fields.ts';
import { filtered } from './filters.ts';
import { INSTANCE_TYPES } from './instance-types.ts';
import { type Ec2World, interfacesOnEach, type SimulatedInterface } from './model.ts';
import { ec2Page } from './pages.ts';

type Describes = Pick<
  Ec2Api,
  | 'describeInstances'
  | 'describeInstanceTypes'
  | 'describeNetworkInterfaces'
  | 'describeSecurityGroups'
  | 'describeSecurityGroupVpcAssociations'
  | 'describeSubnets'
>;

/** "You cannot specify this parameter and the IDs in the same request" (MaxResults, EC2 API Reference). */
const checkCombination = (
  set: string,
  ids: readonly string[] | undefined,
  maxResults: number | undefined,
): void => {
  if (ids !== undefined && ids.length > 0 && maxResults !== undefined)
    throw ec2Error(
      'InvalidParameterCombination',
      `The parameter ${set} cannot be used with the parameter maxResults`,
    );
};

/** An unknown id fails the whole call; without ids everything is meant. */
const chosen = <T>(
  all: ReadonlyMap<string, T>,
  ids: readonly string[] | undefined,
  existing: (id: string) => T,
): Iterable<T> =>
  ids === undefined || ids.length === 0 ? all.values() : new Set(ids.map(existing));

/** The reading half of EC2. `isVisible` is where eventual consistency comes in. */
export const createDescribes = (
  world: Ec2World,
  isVisible: (eni: SimulatedInterface) => boolean,
): Describes => {
  const visibleInterface = (id: string): SimulatedInterface => {
    const eni = existingInterface(world, id);
    if (isVisible(eni)) return eni;
    throw ec2Error(
      'InvalidNetworkInterfaceID.NotFound',
      `The networkInterface ID '${id}' does not exist`,
    );
  };

  return {
    async describeInstances(input) {
      checkCombination('instancesSet', input.InstanceIds, input.MaxResults);
      const asked = chosen(world.instances, input.InstanceIds, (id) => existingInstance(world, id));
      const found = filtered(asked, input.Filters, instanceFields(world));
      const { items, next } = ec2Page(found, ({ instanceId }) => instanceId, input);
      const ids = items.map(({ instanceId }) => instanceId);
      const interfaces = interfacesOnEach(world, ids);
      const Reservations = items.map((instance) => ({
        Instances: [instanceAnswer(world, instance, interfaces.get(instance.instanceId) ?? [])],
      }));
      return { Reservations, ...next, $metadata: {} };
    },

    async describeInstanceTypes(input) {
      const types = [...INSTANCE_TYPES].map(([name, cards]) => ({ name, cards, tags: new Map() }));
      const unknown = (input.InstanceTypes ?? []).filter((name) => !INSTANCE_TYPES.has(name));
      if (unknown.length > 0)
        throw ec2Error(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
        );
      const asked = types.filter(
        ({ name }) => input.InstanceTypes?.some((type) => type === name) ?? true,
      );
      const found = filtered(asked, input.Filters, INSTANCE_TYPE_FIELDS);
      const { items, next } = ec2Page(found, ({ name }) => name, input);
      const InstanceTypes = items.map(({ name, cards }) => instanceTypeAnswer(name, cards));
      return { InstanceTypes, ...next, $metadata: {} };
    },

    async describeNetworkInterfaces(input) {
      const { NetworkInterfaceIds: ids } = input;
      checkCombination('networkInterfaceSet', ids, input.MaxResults);
      const asked = [...chosen(world.interfaces, ids, visibleInterface)].filter(isVisible);
      const found = filtered(asked, input.Filters, interfaceFields(world));
      const { items, next } = ec2Page(found, ({ eniId }) => eniId, input);
      const NetworkInterfaces = items.map((eni) => interfaceAnswer(world, eni));
      return { NetworkInterfaces, ...next, $metadata: {} };
    },

    async describeSubnets(input) {
      checkCombination('subnetsSet', input.SubnetIds, input.MaxResults);
      const asked = chosen(world.subnets, input.SubnetIds, (id) => existingSubnet(world, id));
      const found = filtered(asked, input.Filters, SUBNET_FIELDS);
      const { items, next } = ec2Page(found, ({ subnetId }) => subnetId, input);
      return {
        Subnets: items.map((subnet) => subnetAnswer(world, subnet)),
        ...next,
        $metadata: {},
      };
    },

    async describeSecurityGroups(input) {
      checkCombination('groupIdSet', input.GroupIds, input.MaxResults);
      const asked = chosen(world.groups, input.GroupIds, (id) => existingGroup(world, id));
      const found = filtered(asked, input.Filters, GROUP_FIELDS);
      const { items, next } = ec2Page(found, ({ groupId }) => groupId, input);
      return { SecurityGroups: items.map(groupAnswer), ...next, $metadata: {} };
    },

    async describeSecurityGroupVpcAssociations(input) {
      const all = [...world.associations].flatMap(([GroupId, vpcIds]) =>
        vpcIds.map((VpcId) => ({ GroupId, VpcId, State: 'associated' as const, tags: new Map() })),
      );
      const found = filtered(all, input.Filters, ASSOCIATION_FIELDS);
      const { items, next } = ec2Page(found, (each) => `${each.GroupId}/${each.VpcId}`, input);
      const SecurityGroupVpcAssociations = items.map(({ tags: _, ...association }) => association);
      return { SecurityGroupVpcAssociations, ...next, $metadata: {} };
    },
  };
};
