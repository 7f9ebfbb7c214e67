import { describe, expect } from 'vitest';
import { type Ec2Rules, type Ec2Site, expectRefusal, MARK } from './ec2-subject.ts';

const UNKNOWN_ENI = 'eni-00000000000000000';

const tags = (...keys: readonly string[]) => [
  {
    ResourceType: 'network-interface' as const,
    Tags: keys.map((Key) => ({ Key, Value: `value of ${Key}` })),
  },
];

const freeAddresses = async ({ ec2 }: Ec2Site, subnetId: string): Promise<number> => {
  const { Subnets = [] } = await ec2.describeSubnets({
    Filters: [{ Name: 'subnet-id', Values: [subnetId] }],
  });
  return Subnets[0]?.AvailableIpAddressCount ?? -1;
};

const describeCreation = ({ rule }: Ec2Rules): void => {
  rule(
    'gives a new ENI an address of its subnet and a MAC address, and leaves it available',
    async (site) => {
      const eniId = await site.createInterface();

      expect(await site.find(eniId)).toMatchObject({
        Status: 'available',
        SubnetId: site.subnetA,
        VpcId: site.vpcId,
        MacAddress: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
        PrivateIpAddress: expect.stringMatching(/^10\.0\.1\./),
      });
    },
  );

  rule('takes groups, description and tags in the call that makes an ENI', async (site) => {
    const { NetworkInterface: made } = await site.ec2.createNetworkInterface({
      SubnetId: site.subnetA,
      Groups: [site.groupId],
      Description: 'made by a rule',
      TagSpecifications: tags('one', 'two'),
    });

    const eni = await site.find(made?.NetworkInterfaceId ?? '');
    expect(eni).toMatchObject({
      Description: 'made by a rule',
      Groups: [{ GroupId: site.groupId, GroupName: site.mark }],
    });
    expect(eni?.TagSet).toEqual(
      expect.arrayContaining([
        { Key: 'one', Value: 'value of one' },
        { Key: 'two', Value: 'value of two' },
      ]),
    );
  });

  rule('puts an ENI without groups into the default group of its VPC', async (site) => {
    const { NetworkInterface: made } = await site.ec2.createNetworkInterface({
      SubnetId: site.subnetA,
    });

    const eni = await site.find(made?.NetworkInterfaceId ?? '');
    expect(eni?.Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  rule('checks the source and destination of a new ENI', async (site) => {
    const eniId = await site.createInterface();

    expect(await site.find(eniId)).toMatchObject({ SourceDestCheck: true });
  });

  rule('refuses a subnet that it does not know', async ({ ec2 }) => {
    const call = ec2.createNetworkInterface({ SubnetId: 'subnet-00000000000000000' });

    await expectRefusal(call, 'InvalidSubnetID.NotFound', 'subnet-00000000000000000');
  });

  rule('refuses a group that it does not know', async ({ ec2, subnetA }) => {
    const call = ec2.createNetworkInterface({
      SubnetId: subnetA,
      Groups: ['sg-00000000000000000'],
    });

    await expectRefusal(call, 'InvalidGroup.NotFound', 'sg-00000000000000000');
  });

  rule('refuses a description of more than 255 characters', async ({ ec2, subnetA }) => {
    const create = (length: number) =>
      ec2.createNetworkInterface({ SubnetId: subnetA, Description: 'd'.repeat(length) });

    await create(255);
    await expectRefusal(create(256), 'InvalidParameterValue');
  });

  rule('refuses a group of another VPC', async ({ ec2, lab, subnetA, mark }) => {
    const elsewhere = await lab.createVpc();
    const groupId = await lab.createSecurityGroup({ vpcId: elsewhere, name: mark });

    const call = ec2.createNetworkInterface({ SubnetId: subnetA, Groups: [groupId] });

    await expectRefusal(call, 'InvalidParameter', 'different networks');
  });

  rule(
    'refuses a sixth group ("Amazon VPC quotas")',
    async ({ ec2, lab, subnetA, vpcId, mark }) => {
      const groupIds: string[] = [];
      for (const suffix of ['1', '2', '3', '4', '5', '6'])
        groupIds.push(await lab.createSecurityGroup({ vpcId, name: `${mark}-${suffix}` }));

      const call = (Groups: string[]) => ec2.createNetworkInterface({ SubnetId: subnetA, Groups });

      await call(groupIds.slice(0, 5));
      await expectRefusal(call(groupIds), 'SecurityGroupsPerInterfaceLimitExceeded');
    },
  );
};

const describeTokens = ({ rule }: Ec2Rules): void => {
  const creation = ({ subnetA, mark }: Ec2Site) => ({
    SubnetId: subnetA,
    ClientToken: mark,
    TagSpecifications: tags('first'),
  });

  rule('answers a repeated client token with the first ENI', async (site) => {
    const first = await site.ec2.createNetworkInterface(creation(site));
    const again = await site.ec2.createNetworkInterface(creation(site));

    const { NetworkInterfaces } = await site.ec2.describeNetworkInterfaces({
      Filters: [{ Name: 'subnet-id', Values: [site.subnetA] }],
    });
    expect(again.NetworkInterface).toEqual(first.NetworkInterface);
    expect(NetworkInterfaces).toHaveLength(1);
  });

  // How long EC2 remembers is not documented ("Ensuring idempotency in Amazon EC2 API requests").
  rule(
    'answers a repeated client token with the first ENI even when that is gone',
    async (site) => {
      const first = await site.ec2.createNetworkInterface(creation(site));
      const { NetworkInterfaceId = '' } = first.NetworkInterface ?? {};
      await site.ec2.deleteNetworkInterface({ NetworkInterfaceId });

      const again = await site.ec2.createNetworkInterface(creation(site));

      expect(again.NetworkInterface?.NetworkInterfaceId).toBe(NetworkInterfaceId);
      expect(await site.find(NetworkInterfaceId)).toBeUndefined();
    },
  );

  rule('refuses a client token with other parameters', async (site) => {
    await site.ec2.createNetworkInterface(creation(site));

    const call = site.ec2.createNetworkInterface({ ...creation(site), Description: 'other' });

    await expectRefusal(call, 'IdempotentParameterMismatch');
  });

  rule('makes an ENI for a client token whose first call was refused', async (site) => {
    const refused = site.ec2.createNetworkInterface({
      ClientToken: site.mark,
      SubnetId: 'subnet-00000000000000000',
    });
    await expectRefusal(refused, 'InvalidSubnetID.NotFound');

    const { NetworkInterface: made } = await site.ec2.createNetworkInterface(creation(site));

    expect(await site.find(made?.NetworkInterfaceId ?? '')).toBeDefined();
  });
};

const describeAddresses = ({ rule }: Ec2Rules): void => {
  rule(
    'keeps five addresses of a subnet ("Subnet CIDR blocks", Amazon VPC User Guide)',
    async (site) => {
      expect(await freeAddresses(site, site.subnetA)).toBe(256 - 5);
    },
  );

  rule('counts an address for each ENI and each secondary address', async (site) => {
    const before = await freeAddresses(site, site.subnetA);
    const { NetworkInterface: made } = await site.ec2.createNetworkInterface({
      SubnetId: site.subnetA,
      SecondaryPrivateIpAddressCount: 2,
    });
    const between = await freeAddresses(site, site.subnetA);
    await site.ec2.deleteNetworkInterface({ NetworkInterfaceId: made?.NetworkInterfaceId });

    expect(made?.PrivateIpAddresses?.map(({ Primary }) => Primary)).toEqual([true, false, false]);
    expect(between).toBe(before - 3);
    expect(await freeAddresses(site, site.subnetA)).toBe(before);
  });

  rule('adds secondary addresses to an ENI', async (site) => {
    const eniId = await site.createInterface();

    await site.ec2.assignPrivateIpAddresses({
      NetworkInterfaceId: eniId,
      SecondaryPrivateIpAddressCount: 2,
    });

    const eni = await site.find(eniId);
    expect(
      new Set(eni?.PrivateIpAddresses?.map(({ PrivateIpAddress }) => PrivateIpAddress)).size,
    ).toBe(3);
  });

  rule('refuses an ENI in a subnet without a free address', async (site) => {
    const { ec2, lab, vpcId } = site;
    const subnetId = await lab.createSubnet({ vpcId, zone: 'a', cidr: '10.0.3.0/28' });
    const create = () => ec2.createNetworkInterface({ SubnetId: subnetId });
    for (let count = 0; count < 11; count += 1) await create();

    await expectRefusal(create(), 'InsufficientFreeAddressesInSubnet');
    expect(await freeAddresses(site, subnetId)).toBe(0);
  });

  rule(
    'refuses more addresses than the type of the instance holds on an interface',
    async (site) => {
      const eniId = await site.createInterface();
      await site.attach(eniId, await site.createInstance('m5.large'), 1);
      const assign = (SecondaryPrivateIpAddressCount: number) =>
        site.ec2.assignPrivateIpAddresses({
          NetworkInterfaceId: eniId,
          SecondaryPrivateIpAddressCount,
        });

      await assign(9);

      await expectRefusal(assign(1), 'PrivateIpAddressLimitExceeded');
    },
  );
};

const describePrefixes = ({ rule }: Ec2Rules): void => {
  const create = ({ ec2, subnetA }: Ec2Site, counts: object) =>
    ec2.createNetworkInterface({ SubnetId: subnetA, ...counts });

  rule('gives a new ENI prefixes of its subnet, sixteen addresses each', async (site) => {
    const before = await freeAddresses(site, site.subnetA);

    const { NetworkInterface: made } = await create(site, { Ipv4PrefixCount: 2 });

    const prefixes = made?.Ipv4Prefixes?.map(({ Ipv4Prefix }) => Ipv4Prefix) ?? [];
    expect(new Set(prefixes).size).toBe(2);
    for (const prefix of prefixes) expect(prefix).toMatch(/^10\.0\.1\.\d+\/28$/);
    expect(await freeAddresses(site, site.subnetA)).toBe(before - 1 - 2 * 16);
  });

  rule('adds prefixes to an ENI that has addresses', async (site) => {
    const { NetworkInterface: made } = await create(site, { SecondaryPrivateIpAddressCount: 1 });
    const NetworkInterfaceId = made?.NetworkInterfaceId ?? '';

    await site.ec2.assignPrivateIpAddresses({ NetworkInterfaceId, Ipv4PrefixCount: 1 });

    const eni = await site.find(NetworkInterfaceId);
    expect(eni?.PrivateIpAddresses).toHaveLength(2);
    expect(eni?.Ipv4Prefixes).toHaveLength(1);
  });

  rule('refuses addresses and prefixes of a family in one call', async (site) => {
    const NetworkInterfaceId = await site.createInterface();
    const ipv4 = { SecondaryPrivateIpAddressCount: 1, Ipv4PrefixCount: 1 };

    await expectRefusal(create(site, ipv4), 'InvalidParameterCombination');
    await expectRefusal(
      site.ec2.assignPrivateIpAddresses({ NetworkInterfaceId, ...ipv4 }),
      'InvalidParameterCombination',
    );
  });

  rule('refuses a prefix of a subnet whose blocks all have an address in use', async (site) => {
    const { ec2, lab, vpcId } = site;
    const subnetId = await lab.createSubnet({ vpcId, zone: 'a', cidr: '10.0.3.0/27' });

    const call = ec2.createNetworkInterface({ SubnetId: subnetId, Ipv4PrefixCount: 1 });

    await expectRefusal(call, 'InsufficientCidrBlocks');
    expect(await freeAddresses(site, subnetId)).toBe(32 - 5);
  });
};

const describeDeletion = ({ rule }: Ec2Rules): void => {
  rule('deletes an ENI', async (site) => {
    const eniId = await site.createInterface();

    await site.ec2.deleteNetworkInterface({ NetworkInterfaceId: eniId });

    expect(await site.find(eniId)).toBeUndefined();
  });

  rule('knows no ENI to delete', async ({ ec2 }) => {
    const call = ec2.deleteNetworkInterface({ NetworkInterfaceId: UNKNOWN_ENI });

    await expectRefusal(call, 'InvalidNetworkInterfaceID.NotFound', UNKNOWN_ENI);
  });

  rule('refuses to delete an ENI that is attached', async (site) => {
    const eniId = await site.createInterface();
    await site.attach(eniId, await site.createInstance(), 1);

    const call = site.ec2.deleteNetworkInterface({ NetworkInterfaceId: eniId });

    await expectRefusal(call, 'InvalidParameterValue', `'${eniId}' is currently in use`);
  });
};

const describeTags = ({ rule }: Ec2Rules): void => {
  const many = (count: number) => tags(...Array.from({ length: count }, (_, index) => `k${index}`));

  rule('adds, replaces and removes tags', async (site) => {
    const eniId = await site.createInterface();
    const Resources = [eniId];
    await site.ec2.createTags({
      Resources,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '1' },
      ],
    });
    await site.ec2.createTags({ Resources, Tags: [{ Key: 'b', Value: '2' }] });

    await site.ec2.deleteTags({ Resources, Tags: [{ Key: 'a' }] });

    const eni = await site.find(eniId);
    expect(
      eni?.TagSet?.toSorted((left, right) => ((left.Key ?? '') < (right.Key ?? '') ? -1 : 1)),
    ).toEqual([
      { Key: 'b', Value: '2' },
      { Key: MARK, Value: site.mark },
    ]);
  });

  rule('removes a tag by key and value only when it has that value', async (site) => {
    const eniId = await site.createInterface();

    await site.ec2.deleteTags({ Resources: [eniId], Tags: [{ Key: MARK, Value: 'another' }] });

    expect((await site.find(eniId))?.TagSet).toEqual([{ Key: MARK, Value: site.mark }]);
  });

  rule('refuses a fifty-first tag ("Tag restrictions", EC2 User Guide)', async (site) => {
    const create = (count: number) =>
      site.ec2.createNetworkInterface({ SubnetId: site.subnetA, TagSpecifications: many(count) });
    const { NetworkInterface: full } = await create(50);

    await expectRefusal(create(51), 'TagLimitExceeded');
    await expectRefusal(
      site.ec2.createTags({
        Resources: [full?.NetworkInterfaceId ?? ''],
        Tags: [{ Key: 'one more', Value: '' }],
      }),
      'TagLimitExceeded',
    );
  });

  rule('refuses tags whose key begins with aws:', async (site) => {
    const eniId = await site.createInterface();

    const call = site.ec2.createTags({
      Resources: [eniId],
      Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'mine' }],
    });

    await expectRefusal(call, 'InvalidParameterValue', 'aws:');
  });

  rule('knows no ENI to tag', async ({ ec2 }) => {
    const call = ec2.createTags({ Resources: [UNKNOWN_ENI], Tags: [{ Key: 'a', Value: 'b' }] });

    await expectRefusal(call, 'InvalidNetworkInterfaceID.NotFound', UNKNOWN_ENI);
  });
};

/** Interfaces by themselves: creation, tokens, addresses, tags, deletion. */
export const describeInterfaces = (rules: Ec2Rules): void => {
  describe('creation', () => describeCreation(rules));
  describe('client tokens', () => describeTokens(rules));
  describe('addresses', () => describeAddresses(rules));
  describe('prefixes', () => describePrefixes(rules));
  describe('tags', () => describeTags(rules));
  describe('deletion', () => describeDeletion(rules));
};
