import { describe, expect } from 'vitest';
import { type Ec2Rules, type Ec2Site, expectRefusal } from './ec2-subject.ts';

const create = ({ ec2 }: Ec2Site, SubnetId: string, counts: object = {}) =>
  ec2.createNetworkInterface({ SubnetId, ...counts });

const secondaryOf = async ({ find }: Ec2Site, eniId: string): Promise<readonly string[]> => {
  const { PrivateIpAddresses = [] } = (await find(eniId)) ?? {};
  return PrivateIpAddresses.flatMap(({ Primary, PrivateIpAddress = '' }) =>
    Primary === true ? [] : [PrivateIpAddress],
  );
};

/** "Subnet CIDR reservations", Amazon VPC User Guide: Amazon assigns nothing of them by itself but prefixes of those for prefixes. */
const describeReservations = ({ rule }: Ec2Rules): void => {
  const createSubnet = ({ lab, vpcId }: Ec2Site, cidr: string): Promise<string> =>
    lab.createSubnet({ vpcId, zone: 'a', cidr });

  rule('gives no address of a reserved block that nobody names', async (site) => {
    const subnetId = await createSubnet(site, '10.0.3.0/27');
    await site.lab.reserveCidr(subnetId, { cidr: '10.0.3.16/28', type: 'explicit' });

    const { NetworkInterface: made } = await create(site, subnetId, {
      SecondaryPrivateIpAddressCount: 11,
    });

    const given = made?.PrivateIpAddresses?.map(({ PrivateIpAddress = '' }) => PrivateIpAddress);
    expect(
      given?.map((address) => Number(address.split('.')[3])).toSorted((a, b) => a - b),
    ).toEqual(Array.from({ length: 12 }, (_, at) => at + 4));
    await expectRefusal(create(site, subnetId), 'InsufficientFreeAddressesInSubnet');
  });

  rule('gives an address of a reserved block to the ENI for which it is named', async (site) => {
    const subnetId = await createSubnet(site, '10.0.3.0/27');
    await site.lab.reserveCidr(subnetId, { cidr: '10.0.3.16/28', type: 'explicit' });
    const NetworkInterfaceId = await site.createInterface({ subnetId });

    await site.ec2.assignPrivateIpAddresses({
      NetworkInterfaceId,
      PrivateIpAddresses: ['10.0.3.20'],
    });

    expect(await secondaryOf(site, NetworkInterfaceId)).toEqual(['10.0.3.20']);
  });

  rule(
    'gives prefixes of the block that is reserved for them, however the rest is used',
    async (site) => {
      const subnetId = await createSubnet(site, '10.0.3.0/26');
      await site.lab.reserveCidr(subnetId, { cidr: '10.0.3.32/28', type: 'prefix' });
      // One address is left, for the ENI that gets the prefix.
      await create(site, subnetId, { SecondaryPrivateIpAddressCount: 41 });

      const { NetworkInterface: made } = await create(site, subnetId, { Ipv4PrefixCount: 1 });

      expect(made?.Ipv4Prefixes).toEqual([{ Ipv4Prefix: '10.0.3.32/28' }]);
    },
  );

  rule('gives no prefix of a block that is reserved for named addresses', async (site) => {
    const subnetId = await createSubnet(site, '10.0.3.0/26');
    await site.lab.reserveCidr(subnetId, { cidr: '10.0.3.16/28', type: 'explicit' });
    await site.lab.reserveCidr(subnetId, { cidr: '10.0.3.32/28', type: 'explicit' });

    const call = create(site, subnetId, { Ipv4PrefixCount: 1 });

    await expectRefusal(call, 'InsufficientCidrBlocks');
  });
};

/** "AssignPrivateIpAddresses", EC2 API Reference. The words of the refusal: documentation of Ansible's ec2_eni. */
const describeNamed = ({ rule }: Ec2Rules): void => {
  const NAMED = ['10.0.1.100', '10.0.1.101'];
  const REFUSED = 'assigned, but move is not allowed';
  const assign = ({ ec2 }: Ec2Site, eniId: string, addresses: string[], more: object = {}) =>
    ec2.assignPrivateIpAddresses({
      ...{ NetworkInterfaceId: eniId, PrivateIpAddresses: addresses },
      ...more,
    });
  const pair = async (site: Ec2Site) =>
    [await site.createInterface(), await site.createInterface()] as const;

  rule('gives an ENI the addresses that are named, once', async (site) => {
    const eniId = await site.createInterface();

    await assign(site, eniId, NAMED);
    await assign(site, eniId, NAMED);

    expect(await secondaryOf(site, eniId)).toEqual(NAMED);
  });

  rule(
    'moves a named secondary address from one ENI to another, when that is allowed',
    async (site) => {
      const [one, other] = await pair(site);
      await assign(site, one, NAMED);

      await assign(site, other, NAMED.slice(0, 1), { AllowReassignment: true });

      expect(await secondaryOf(site, one)).toEqual(NAMED.slice(1));
      expect(await secondaryOf(site, other)).toEqual(NAMED.slice(0, 1));
    },
  );

  rule(
    'refuses an address that another ENI has, and gives none of the others that are named',
    async (site) => {
      const [one, other] = await pair(site);
      await assign(site, one, NAMED.slice(0, 1));

      await expectRefusal(assign(site, other, NAMED), 'InvalidParameterValue', REFUSED);

      expect(await secondaryOf(site, one)).toEqual(NAMED.slice(0, 1));
      expect(await secondaryOf(site, other)).toEqual([]);
    },
  );

  rule('never moves a primary address, nor one of a prefix', async (site) => {
    const eniId = await site.createInterface();
    const { NetworkInterface: made } = await create(site, site.subnetA, { Ipv4PrefixCount: 1 });
    const { PrivateIpAddress: primary = '', Ipv4Prefixes: [block] = [] } = made ?? {};
    const ofPrefix = block?.Ipv4Prefix?.split('/')[0] ?? '';

    for (const address of [primary, ofPrefix])
      await expect(assign(site, eniId, [address], { AllowReassignment: true })).rejects.toThrow();

    expect(await secondaryOf(site, eniId)).toEqual([]);
  });

  rule('refuses named addresses and a number of them in one call', async (site) => {
    const eniId = await site.createInterface();

    const call = assign(site, eniId, NAMED, { SecondaryPrivateIpAddressCount: 1 });

    await expectRefusal(call, 'InvalidParameterCombination');
  });
};

/** Addresses that somebody sets aside, or names. */
export const describeReservedAddresses = (rules: Ec2Rules): void => {
  describe('reserved blocks', () => describeReservations(rules));
  describe('named addresses', () => describeNamed(rules));
};
