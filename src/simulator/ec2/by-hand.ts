import type { Random } from '../random.ts';
import { newMacAddress, takeAddresses } from './addresses.ts';
import type { Ec2World, SimulatedInterface } from './model.ts';

/** What somebody does in the console, past every rule that would stop our own calls. Takes effect at once. */
export const createByHand = ({
  world,
  random,
}: {
  readonly world: Ec2World;
  readonly random: Random;
}) => {
  const existing = (eniId: string): SimulatedInterface => {
    const eni = world.interfaces.get(eniId);
    if (eni === undefined) throw new Error(`there is no ${eniId}`);
    return eni;
  };

  const attach = (eniId: string, instanceId: string, deviceIndex: number): void => {
    existing(eniId).attachment = {
      attachmentId: random.id('eni-attach'),
      instanceId,
      deviceIndex,
      networkCardIndex: 0,
      status: 'attached',
      deleteOnTermination: false,
    };
  };

  return {
    attach,

    detach(eniId: string): void {
      existing(eniId).attachment = undefined;
    },

    delete(eniId: string): void {
      world.interfaces.delete(eniId);
    },

    /** EC2 refuses it for a group in use ("DeleteSecurityGroup"); nobody here does it but for one that is not. */
    deleteSecurityGroup(groupId: string): void {
      world.groups.delete(groupId);
    },

    deleteSubnet(subnetId: string): void {
      world.subnets.delete(subnetId);
    },

    move(eniId: string, instanceId: string, deviceIndex: number): void {
      attach(eniId, instanceId, deviceIndex);
    },

    setAttachmentStatus(eniId: string, status: 'attaching' | 'attached' | 'detaching'): void {
      const { attachment } = existing(eniId);
      if (attachment !== undefined) attachment.status = status;
    },

    setGroups(eniId: string, groupIds: readonly string[]): void {
      existing(eniId).groupIds = [...groupIds];
    },

    setTags(eniId: string, tags: Readonly<Record<string, string>>): void {
      for (const [key, value] of Object.entries(tags)) existing(eniId).tags.set(key, value);
    },

    removeTags(eniId: string, keys: readonly string[]): void {
      for (const key of keys) existing(eniId).tags.delete(key);
    },

    /** An ENI of somebody else, with whatever tags. */
    create(eni: {
      readonly subnetId: string;
      readonly tags?: Readonly<Record<string, string>>;
    }): string {
      const subnet = world.subnets.get(eni.subnetId);
      const [address = ''] = subnet === undefined ? [] : takeAddresses(world, subnet, 1);
      const eniId = random.id('eni');
      world.interfaces.set(eniId, {
        eniId,
        subnetId: eni.subnetId,
        macAddress: newMacAddress(random),
        privateIpAddress: address,
        secondaryPrivateIpAddresses: [],
        ipv6Addresses: [],
        ipv4Prefixes: [],
        ipv6Prefixes: [],
        createdAt: 0,
        groupIds: [],
        description: '',
        sourceDestCheck: true,
        tags: new Map(Object.entries(eni.tags ?? {})),
        attachment: undefined,
      });
      return eniId;
    },
  };
};
