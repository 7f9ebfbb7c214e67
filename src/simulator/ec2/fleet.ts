import type { Clock } from '#core/ports/clock.ts';
import type { ServiceEvent } from '../aws-event.ts';
import type { Random } from '../random.ts';
import { newMacAddress, privateDnsNameOf, takeAddresses } from './addresses.ts';
import { defaultGroupIds } from './creation.ts';
import { ec2Error } from './errors.ts';
import { existingInstance, existingSubnet } from './existing.ts';
import {
  type CidrReservation,
  type Ec2World,
  interfacesOn,
  type SimulatedInstance,
} from './model.ts';

interface Setting {
  readonly world: Ec2World;
  readonly clock: Clock;
  readonly random: Random;
  readonly pendingSeconds: number;
  readonly shuttingDownSeconds: number;
}

export interface RunInstance {
  readonly subnetId: string;
  readonly instanceType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Principal of a managed operator, such as EKS Auto Mode. */
  readonly operator?: string;
}

/** VPCs, subnets, groups and instances: what is there before anybody asks for an interface. */
export const createFleet = (setting: Setting) => {
  const { world, clock, random, pendingSeconds, shuttingDownSeconds } = setting;
  const listeners = new Set<(event: ServiceEvent) => void>();

  const tell = (instance: SimulatedInstance): void => {
    const event: ServiceEvent = {
      source: 'aws.ec2',
      'detail-type': 'EC2 Instance State-change Notification',
      resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${instance.instanceId}`],
      detail: { 'instance-id': instance.instanceId, state: instance.state },
    };
    for (const listener of listeners) listener(event);
  };

  const setState = (instance: SimulatedInstance, state: SimulatedInstance['state']): void => {
    instance.state = state;
    tell(instance);
  };

  const existing = (instanceId: string): SimulatedInstance => existingInstance(world, instanceId);

  const shutDown = async (instance: SimulatedInstance): Promise<void> => {
    setState(instance, 'shutting-down');
    if (shuttingDownSeconds > 0) await clock.sleep(shuttingDownSeconds * 1000);
    for (const eni of interfacesOn(world, instance.instanceId)) {
      if (eni.attachment?.deleteOnTermination === true) world.interfaces.delete(eni.eniId);
      else eni.attachment = undefined;
    }
    setState(instance, 'terminated');
  };

  const boot = async (instance: SimulatedInstance): Promise<void> => {
    if (pendingSeconds > 0) await clock.sleep(pendingSeconds * 1000);
    if (instance.state === 'pending') setState(instance, 'running');
  };

  const createSecurityGroup = (group: {
    readonly vpcId: string;
    readonly name: string;
  }): string => {
    const groupId = random.id('sg');
    const { vpcId, name: groupName } = group;
    world.groups.set(groupId, { groupId, groupName, vpcId, tags: new Map() });
    return groupId;
  };

  return {
    /** A VPC with its default group, as AWS makes it. */
    createVpc(): string {
      const vpcId = random.id('vpc');
      createSecurityGroup({ vpcId, name: 'default' });
      return vpcId;
    },

    createSecurityGroup,

    /** With an id of one's own for manifests that name one. */
    addSecurityGroup(group: {
      readonly groupId: string;
      readonly vpcId: string;
      readonly name: string;
    }): void {
      const { groupId, vpcId, name: groupName } = group;
      world.groups.set(groupId, { groupId, groupName, vpcId, tags: new Map() });
    },

    /** In another VPC, too, a group may be used ("AssociateSecurityGroupVpc", EC2 API Reference). */
    associateSecurityGroup(groupId: string, vpcId: string): void {
      world.associations.set(groupId, [...(world.associations.get(groupId) ?? []), vpcId]);
    },

    tagSecurityGroup(groupId: string, tags: Readonly<Record<string, string>>): void {
      for (const [key, value] of Object.entries(tags))
        world.groups.get(groupId)?.tags.set(key, value);
    },

    /** With an IPv6 block unless `hasIpv6` is false; without `cidr` with nothing else. */
    createSubnet(subnet: {
      readonly vpcId: string;
      readonly zone: string;
      readonly cidr?: string;
      readonly hasIpv6?: boolean;
      readonly outpostArn?: string;
      readonly name?: string;
      readonly subnetId?: string;
    }): string {
      const { vpcId, zone, cidr, hasIpv6 = true, outpostArn, name } = subnet;
      const ipv6Cidr = hasIpv6 ? `2600:1f18:0:${world.subnets.size + 1}::/64` : undefined;
      const { subnetId = random.id('subnet') } = subnet;
      const tags = new Map(name === undefined ? [] : [['Name', name]]);
      const place = { subnetId, vpcId, zone, cidr, ipv6Cidr, outpostArn };
      world.subnets.set(subnetId, { ...place, reservations: [], tags });
      return subnetId;
    },

    /** Sets a part of a subnet aside, whoever has addresses of it ("CreateSubnetCidrReservation", EC2 API Reference). */
    reserveCidr(subnetId: string, reservation: CidrReservation): void {
      existingSubnet(world, subnetId).reservations.push(reservation);
    },

    /** Starts an instance with its own interface at index 0. */
    runInstance({
      subnetId,
      instanceType = 'm5.4xlarge',
      tags = {},
      operator,
    }: RunInstance): SimulatedInstance {
      const subnet = existingSubnet(world, subnetId);
      const [address] = takeAddresses(world, subnet, 1);
      if (address === undefined) throw ec2Error('InsufficientFreeAddressesInSubnet', subnetId);
      const instance: SimulatedInstance = {
        instanceId: random.id('i'),
        instanceType,
        subnetId,
        privateDnsName: privateDnsNameOf(address),
        tags: new Map(Object.entries(tags)),
        operator,
        launchTime: clock.now(),
        state: 'pending',
      };
      world.instances.set(instance.instanceId, instance);
      const eniId = random.id('eni');
      world.interfaces.set(eniId, {
        eniId,
        subnetId,
        macAddress: newMacAddress(random),
        privateIpAddress: address,
        secondaryPrivateIpAddresses: [],
        ipv6Addresses: [],
        ipv4Prefixes: [],
        ipv6Prefixes: [],
        createdAt: 0,
        groupIds: defaultGroupIds(world, subnet.vpcId),
        description: '',
        sourceDestCheck: true,
        tags: new Map(),
        attachment: {
          attachmentId: random.id('eni-attach'),
          instanceId: instance.instanceId,
          deviceIndex: 0,
          networkCardIndex: 0,
          status: 'attached',
          deleteOnTermination: true,
        },
      });
      tell(instance);
      void boot(instance);
      return instance;
    },

    /** What the flag says becomes of each interface ("Delete a network interface on termination"). */
    terminateInstance(instanceId: string): void {
      const instance = existing(instanceId);
      if (instance.state === 'terminated' || instance.state === 'shutting-down') return;
      void shutDown(instance);
    },

    stopInstance(instanceId: string): void {
      const instance = existing(instanceId);
      setState(instance, 'stopping');
      setState(instance, 'stopped');
    },

    /** EC2 forgets a terminated instance after about an hour. */
    forgetInstance(instanceId: string): void {
      world.instances.delete(instanceId);
    },

    startInstance(instanceId: string): void {
      const instance = existing(instanceId);
      instance.launchTime = clock.now();
      setState(instance, 'pending');
      void boot(instance);
    },

    instance: (instanceId: string): SimulatedInstance | undefined =>
      world.instances.get(instanceId),

    tagInstance(instanceId: string, tags: Readonly<Record<string, string>>): void {
      for (const [key, value] of Object.entries(tags)) existing(instanceId).tags.set(key, value);
    },

    tagSubnet(subnetId: string, tags: Readonly<Record<string, string>>): void {
      for (const [key, value] of Object.entries(tags))
        world.subnets.get(subnetId)?.tags.set(key, value);
    },

    /** Told of every state change, in the shape EventBridge delivers. */
    onStateChange(listener: (event: ServiceEvent) => void): void {
      listeners.add(listener);
    },
  };
};
