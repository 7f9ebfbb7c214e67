import { describe, expect } from 'vitest';
import { type Ec2Rules, type Ec2Site, expectRefusal, MARK } from './ec2-subject.ts';

interface Asked {
  readonly Name: string;
  readonly Values: string[];
}

const idsOf = async (
  { ec2 }: Ec2Site,
  ...Filters: readonly Asked[]
): Promise<readonly string[]> => {
  const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({ Filters: [...Filters] });
  return NetworkInterfaces.map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId).toSorted();
};

const marked = ({ mark }: Ec2Site): Asked => ({ Name: `tag:${MARK}`, Values: [mark] });

const describeFilters = ({ rule }: Ec2Rules): void => {
  rule(
    'takes the values of one filter as alternatives and several filters together',
    async (site) => {
      const inA = await site.createInterface();
      const inB = await site.createInterface({ subnetId: site.subnetB });
      const subnets = (...Values: string[]): Asked => ({ Name: 'subnet-id', Values });

      expect(await idsOf(site, subnets(site.subnetA, site.subnetB))).toEqual([inA, inB].toSorted());
      expect(await idsOf(site, marked(site), subnets(site.subnetB))).toEqual([inB]);
      expect(
        await idsOf(site, subnets(site.subnetA), { Name: `tag:${MARK}`, Values: ['nobody'] }),
      ).toEqual([]);
    },
  );

  rule('finds an ENI by what it is and where it lies', async (site) => {
    const eniId = await site.createInterface();
    const eni = await site.find(eniId);
    const filters: readonly Asked[] = [
      { Name: 'network-interface-id', Values: [eniId] },
      { Name: 'subnet-id', Values: [site.subnetA] },
      { Name: 'vpc-id', Values: [site.vpcId] },
      { Name: 'group-id', Values: [site.groupId] },
      { Name: 'private-ip-address', Values: [eni?.PrivateIpAddress ?? ''] },
      { Name: 'status', Values: ['available'] },
    ];

    for (const filter of filters) expect(await idsOf(site, marked(site), filter)).toEqual([eniId]);
  });

  rule('finds ENIs by the key of a tag', async (site) => {
    const eniId = await site.createInterface();
    await site.ec2.createTags({ Resources: [eniId], Tags: [{ Key: site.mark, Value: '' }] });

    expect(await idsOf(site, { Name: 'tag-key', Values: [site.mark] })).toEqual([eniId]);
  });

  rule("finds an ENI by its group's name and its own private name", async (site) => {
    const eniId = await site.createInterface();
    const { PrivateDnsName = '' } = (await site.find(eniId)) ?? {};

    expect(await idsOf(site, { Name: 'group-name', Values: [site.mark] })).toEqual([eniId]);
    expect(
      await idsOf(site, marked(site), { Name: 'private-dns-name', Values: [PrivateDnsName] }),
    ).toEqual([eniId]);
  });

  rule('finds attached ENIs by their attachment', async (site) => {
    const instanceId = await site.createInstance();
    const eniId = await site.createInterface();
    await site.createInterface();
    const attachmentId = await site.attach(eniId, instanceId, 1);
    const filters: readonly Asked[] = [
      { Name: 'attachment.instance-id', Values: [instanceId] },
      { Name: 'attachment.attachment-id', Values: [attachmentId] },
      { Name: 'attachment.status', Values: ['attached'] },
      { Name: 'attachment.device-index', Values: ['1'] },
      { Name: 'attachment.delete-on-termination', Values: ['false'] },
      { Name: 'status', Values: ['in-use'] },
    ];

    for (const filter of filters) expect(await idsOf(site, marked(site), filter)).toEqual([eniId]);
  });

  // "Use wildcards with filters", EC2 User Guide.
  rule('takes * and ? in a value as wildcards, unless a backslash is before them', async (site) => {
    const plain = await site.createInterface();
    const starred = await site.createInterface();
    const name = (eniId: string, Value: string) =>
      site.ec2.createTags({ Resources: [eniId], Tags: [{ Key: 'Name', Value }] });
    await name(plain, 'lan-1');
    await name(starred, 'lan-*');
    const named = (value: string) =>
      idsOf(site, marked(site), { Name: 'tag:Name', Values: [value] });

    expect(await named('lan*')).toEqual([plain, starred].toSorted());
    expect(await named('lan-?')).toEqual([plain, starred].toSorted());
    expect(await named('lan-\\*')).toEqual([starred]);
    expect(await named('LAN-1')).toEqual([]);
  });

  rule('finds nothing for an id that it does not know, and fails no neighbour', async (site) => {
    const eniId = await site.createInterface();
    const asked = { Name: 'network-interface-id', Values: [eniId, 'eni-00000000000000000'] };

    expect(await idsOf(site, asked)).toEqual([eniId]);
  });

  rule('refuses a filter that it does not know', async ({ ec2 }) => {
    const call = ec2.describeNetworkInterfaces({ Filters: [{ Name: 'colour', Values: ['red'] }] });

    await expectRefusal(call, 'InvalidParameterValue', 'colour');
  });

  // "Filtering considerations", EC2 User Guide.
  rule('refuses more than 200 values in a filter', async ({ ec2 }) => {
    const ask = (count: number) =>
      ec2.describeInstances({
        Filters: [
          {
            Name: 'instance-id',
            Values: Array.from(
              { length: count },
              (_, index) => `i-${`${index}`.padStart(17, '0')}`,
            ),
          },
        ],
      });

    await ask(200);
    await expectRefusal(ask(201), 'FilterLimitExceeded');
  });
};

const describeIds = ({ rule }: Ec2Rules): void => {
  rule('shows ENIs by id', async (site) => {
    const [first] = [await site.createInterface(), await site.createInterface()];

    const { NetworkInterfaces } = await site.ec2.describeNetworkInterfaces({
      NetworkInterfaceIds: [first],
    });

    expect(NetworkInterfaces).toMatchObject([{ NetworkInterfaceId: first }]);
  });

  rule('fails a describe by ids that names an unknown ENI', async (site) => {
    const eniId = await site.createInterface();

    const call = site.ec2.describeNetworkInterfaces({
      NetworkInterfaceIds: [eniId, 'eni-00000000000000000'],
    });

    await expectRefusal(call, 'InvalidNetworkInterfaceID.NotFound', 'eni-00000000000000000');
  });

  rule('tells an id of no known form from an unknown one', async ({ ec2 }) => {
    await expectRefusal(
      ec2.describeNetworkInterfaces({ NetworkInterfaceIds: ['eni-nonsense'] }),
      'InvalidNetworkInterfaceId.Malformed',
    );
    await expectRefusal(
      ec2.describeInstances({ InstanceIds: ['i-nonsense'] }),
      'InvalidInstanceID.Malformed',
    );
    await expectRefusal(
      ec2.describeSecurityGroups({ GroupIds: ['sg-nonsense'] }),
      'InvalidGroupId.Malformed',
    );
  });

  rule('fails describes by ids that name an unknown instance, subnet or group', async ({ ec2 }) => {
    await expectRefusal(
      ec2.describeInstances({ InstanceIds: ['i-00000000000000000'] }),
      'InvalidInstanceID.NotFound',
    );
    await expectRefusal(
      ec2.describeSubnets({ SubnetIds: ['subnet-00000000000000000'] }),
      'InvalidSubnetID.NotFound',
    );
    await expectRefusal(
      ec2.describeSecurityGroups({ GroupIds: ['sg-00000000000000000'] }),
      'InvalidGroup.NotFound',
    );
  });
};

const describePages = ({ rule }: Ec2Rules): void => {
  rule('gives ENIs in pages', async (site) => {
    const made: string[] = [];
    for (let count = 0; count < 7; count += 1) made.push(await site.createInterface());
    const ask = (NextToken?: string) =>
      site.ec2.describeNetworkInterfaces({
        Filters: [marked(site)],
        MaxResults: 5,
        ...(NextToken !== undefined && { NextToken }),
      });

    const first = await ask();
    const second = await ask(first.NextToken);

    const pages = [first, second].map(({ NetworkInterfaces = [] }) => NetworkInterfaces);
    expect(pages.map(({ length }) => length)).toEqual([5, 2]);
    expect(
      pages
        .flat()
        .map(({ NetworkInterfaceId }) => NetworkInterfaceId)
        .toSorted(),
    ).toEqual(made.toSorted());
    expect(second.NextToken ?? '').toBe('');
  });

  rule('gives pages of 5 to 1000', async ({ ec2 }) => {
    for (const MaxResults of [5, 1000]) await ec2.describeNetworkInterfaces({ MaxResults });

    for (const MaxResults of [4, 1001])
      await expectRefusal(ec2.describeNetworkInterfaces({ MaxResults }), 'InvalidParameterValue');
  });

  // "You cannot specify this parameter and the network interface IDs" ("DescribeNetworkInterfaces").
  rule('refuses a page size together with ids', async (site) => {
    const eniId = await site.createInterface();

    await expectRefusal(
      site.ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [eniId], MaxResults: 5 }),
      'InvalidParameterCombination',
    );
    await expectRefusal(
      site.ec2.describeInstances({ InstanceIds: ['i-00000000000000000'], MaxResults: 5 }),
      'InvalidParameterCombination',
    );
  });
};

const describeOthers = ({ rule }: Ec2Rules): void => {
  rule('names an instance by its address and tells its place, type and tags', async (site) => {
    const instanceId = await site.lab.runInstance({
      subnetId: site.subnetA,
      instanceType: 'm5.large',
      tags: { [MARK]: site.mark },
    });
    await site.lab.waitUntilRunning(instanceId);

    const { Reservations = [] } = await site.ec2.describeInstances({
      Filters: [
        { Name: `tag:${MARK}`, Values: [site.mark] },
        { Name: 'instance-state-name', Values: ['running'] },
        { Name: 'vpc-id', Values: [site.vpcId] },
      ],
    });

    expect(Reservations.flatMap(({ Instances = [] }) => Instances)).toMatchObject([
      {
        InstanceId: instanceId,
        InstanceType: 'm5.large',
        State: { Name: 'running' },
        SubnetId: site.subnetA,
        VpcId: site.vpcId,
        PrivateDnsName: expect.stringMatching(/^ip-10-0-1-\d+\./),
        Tags: [{ Key: MARK, Value: site.mark }],
        LaunchTime: expect.any(Date),
      },
    ]);
  });

  rule('finds subnets by id, by name and by VPC', async (site) => {
    const ask = async (Name: string, value: string) => {
      const { Subnets = [] } = await site.ec2.describeSubnets({
        Filters: [{ Name, Values: [value] }],
      });
      return Subnets.map(({ SubnetId }) => SubnetId);
    };

    expect(await ask('subnet-id', site.subnetA)).toEqual([site.subnetA]);
    expect(await ask('tag:Name', site.mark)).toEqual([site.subnetA]);
    expect(await ask('vpc-id', site.vpcId)).toEqual(
      expect.arrayContaining([site.subnetA, site.subnetB]),
    );
  });

  rule('finds by a name the subnets of every VPC that have it', async (site) => {
    const vpcId = await site.lab.createVpc();
    const other = await site.lab.createSubnet({
      vpcId,
      zone: 'a',
      cidr: '10.0.1.0/24',
      name: site.mark,
    });

    const { Subnets = [] } = await site.ec2.describeSubnets({
      Filters: [{ Name: 'tag:Name', Values: [site.mark] }],
    });

    const found = Subnets.map(({ SubnetId, VpcId }) => ({ SubnetId, VpcId }));
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { SubnetId: site.subnetA, VpcId: site.vpcId },
        { SubnetId: other, VpcId: vpcId },
      ]),
    );
  });

  rule('tells of no VPC with which a group is associated', async ({ ec2, groupId }) => {
    const { SecurityGroupVpcAssociations } = await ec2.describeSecurityGroupVpcAssociations({
      Filters: [
        { Name: 'group-id', Values: [groupId] },
        { Name: 'state', Values: ['associated'] },
      ],
    });

    expect(SecurityGroupVpcAssociations).toEqual([]);
  });

  rule('finds groups by id and by name', async (site) => {
    const ask = async (Name: string, value: string) => {
      const { SecurityGroups = [] } = await site.ec2.describeSecurityGroups({
        Filters: [{ Name, Values: [value] }],
      });
      return SecurityGroups.map(({ GroupId, VpcId }) => [GroupId, VpcId]);
    };

    expect(await ask('group-id', site.groupId)).toEqual([[site.groupId, site.vpcId]]);
    expect(await ask('group-name', site.mark)).toEqual([[site.groupId, site.vpcId]]);
  });

  // Figures: "Maximum IP addresses per network interface", EC2 User Guide.
  rule('tells how many interfaces a type takes', async ({ ec2 }) => {
    const names = [
      'm5.large',
      'm5.4xlarge',
      'c5.xlarge',
      't3.medium',
      'm6i.2xlarge',
      'c5n.18xlarge',
    ];

    const { InstanceTypes = [] } = await ec2.describeInstanceTypes({
      Filters: [{ Name: 'instance-type', Values: names }],
    });

    const figures = InstanceTypes.map(({ InstanceType = '', NetworkInfo }) => [
      InstanceType,
      NetworkInfo?.MaximumNetworkInterfaces,
      NetworkInfo?.Ipv4AddressesPerInterface,
    ]);
    expect(Object.fromEntries(figures.map(([name, ...rest]) => [name, rest]))).toEqual({
      'm5.large': [3, 10],
      'm5.4xlarge': [8, 30],
      'c5.xlarge': [4, 15],
      't3.medium': [3, 6],
      'm6i.2xlarge': [4, 15],
      'c5n.18xlarge': [15, 50],
    });
  });

  rule('tells how many interfaces each network card takes', async ({ ec2 }) => {
    const { InstanceTypes = [] } = await ec2.describeInstanceTypes({
      Filters: [{ Name: 'instance-type', Values: ['c6in.32xlarge'] }],
    });

    expect(InstanceTypes[0]?.NetworkInfo?.NetworkCards).toMatchObject([
      { NetworkCardIndex: 0, MaximumNetworkInterfaces: 8 },
      { NetworkCardIndex: 1, MaximumNetworkInterfaces: 8 },
    ]);
  });
};

const describeAttributes = ({ rule }: Ec2Rules): void => {
  rule('changes groups, description and the source check of an ENI', async (site) => {
    const NetworkInterfaceId = await site.createInterface();
    const other = await site.lab.createSecurityGroup({ vpcId: site.vpcId, name: `${site.mark}-2` });
    const modify = site.ec2.modifyNetworkInterfaceAttribute;

    await modify({ NetworkInterfaceId, Groups: [other] });
    await modify({ NetworkInterfaceId, Description: { Value: 'changed' } });
    await modify({ NetworkInterfaceId, SourceDestCheck: { Value: false } });

    expect(await site.find(NetworkInterfaceId)).toMatchObject({
      Groups: [{ GroupId: other }],
      Description: 'changed',
      SourceDestCheck: false,
    });
  });

  // "You can specify only one attribute at a time" ("ModifyNetworkInterfaceAttribute").
  rule('refuses to change two attributes in one call', async (site) => {
    const call = site.ec2.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: await site.createInterface(),
      Description: { Value: 'changed' },
      SourceDestCheck: { Value: false },
    });

    await expectRefusal(call, 'InvalidParameterCombination');
  });

  rule('knows no ENI to change', async ({ ec2 }) => {
    const call = ec2.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: 'eni-00000000000000000',
      Description: { Value: 'changed' },
    });

    await expectRefusal(call, 'InvalidNetworkInterfaceID.NotFound');
  });
};

/** What describes show, and attributes that change. */
export const describeReads = (rules: Ec2Rules): void => {
  describe('filters', () => describeFilters(rules));
  describe('ids', () => describeIds(rules));
  describe('pages', () => describePages(rules));
  describe('instances, subnets, groups and types', () => describeOthers(rules));
  describe('attributes', () => describeAttributes(rules));
};
