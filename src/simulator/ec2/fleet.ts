import type { Clock } from '#core/ports/clock.ts';
import type { ServiceEvent } from '../aws-event.ts';
import type { Random } from '../random.ts';
import { takeAddresses } from './addresses.ts';
import { ec2Error } from './errors.ts';
import { type Ec2World, interfacesOn, type SimulatedInstance } from './model.ts';

interface Setting {
  readonly world: Ec2World;
  readonly clock: Clock;
  readonly random: Random;
  readonly pendingSeconds: number;
}

export interface RunInstance {
  readonly subnetId: string;
  readonly instanceType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Principal of a managed operator, such as EKS Auto Mode. */
  readonly operator?: string;
}

/** VPCs, subnets, groups and instances: what is there before anybody asks for an interface. */
export const createFleet = ({ world, clock, random, pendingSeconds }: Setting) => {
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

  const existing = (instanceId: string): SimulatedInstance => {
    const instance = world.instances.get(instanceId);
    if (instance === undefined)
      throw ec2Error(
        'InvalidInstanceID.NotFound',
        `The instance ID '${instanceId}' does not exist`,
      );
    return instance;
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

    createSubnet(subnet: {
      readonly vpcId: string;
      readonly zone: string;
      readonly cidr: string;
      readonly name?: string;
      readonly subnetId?: string;
    }): string {
      const { vpcId, zone, cidr, name, subnetId = random.id('subnet') } = subnet;
      const tags = new Map(name === undefined ? [] : [['Name', name]]);
      world.subnets.set(subnetId, { subnetId, vpcId, zone, cidr, tags });
      return subnetId;
    },

    /** Starts an instance with its own interface at index 0. */
    runInstance({
      subnetId,
      instanceType = 'm5.4xlarge',
      tags = {},
      operator,
    }: RunInstance): SimulatedInstance {
      const subnet = world.subnets.get(subnetId);
      const [address] = subnet === undefined ? [] : takeAddresses(world, subnet, 1);
      if (address === undefined) throw ec2Error('InsufficientFreeAddressesInSubnet', subnetId);
      const instance: SimulatedInstance = {
        instanceId: random.id('i'),
        instanceType,
        subnetId,
        privateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
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
        macAddress: `06:${random
          .int(2 ** 32)
          .toString(16)
          .padStart(8, '0')
          .replace(/(..)(?=.)/g, '$1:')}`,
        privateIpAddress: address,
        secondaryPrivateIpAddresses: [],
        ipv6Addresses: [],
        createdAt: 0,
        groupIds: [],
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
      if (instance.state === 'terminated') return;
      setState(instance, 'shutting-down');
      for (const eni of interfacesOn(world, instanceId)) {
        if (eni.attachment?.deleteOnTermination === true) world.interfaces.delete(eni.eniId);
        else eni.attachment = undefined;
      }
      setState(instance, 'terminated');
    },

    stopInstance(instanceId: string): void {
      setState(existing(instanceId), 'stopped');
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
