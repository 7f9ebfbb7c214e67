import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;

const apply = async (spec: Partial<NodeEniSpec>, seconds = 90) => {
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, ...spec });
  await scenario.pass(seconds);
};

const recorded = async (subnetId = scenario.subnets.a) =>
  (await scenario.states())[0]?.spec.interfaces?.[`data/${subnetId}`];

/** A subnet with 27 free addresses, and an address in use in each of its two blocks. */
const createFragmentedSubnet = (): string => {
  const { vpcId, ec2 } = scenario;
  return ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.9.0.0/27' });
};

beforeEach(() => {
  scenario = createScenario();
});

describe('Prefixes', () => {
  it('come with the call that makes the ENI, and are told to the host', async () => {
    await scenario.addNode();
    await apply({ ipv4PrefixCount: 2, ipv6PrefixCount: 1 });

    expect(scenario.mutating()).toEqual([
      'CreateNetworkInterface',
      'AttachNetworkInterface',
      'ModifyNetworkInterfaceAttribute',
    ]);
    const [eni] = scenario.ours();
    expect(eni?.ipv4Prefixes).toHaveLength(2);
    expect(eni?.ipv6Prefixes).toHaveLength(1);
    expect(await recorded()).toMatchObject({
      ipv4Prefixes: eni?.ipv4Prefixes,
      ipv6Prefixes: eni?.ipv6Prefixes,
    });
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('and single addresses are given by a call for each, since none takes both', async () => {
    await scenario.addNode();
    await apply({
      ipv4PrefixCount: 1,
      secondaryPrivateIPAddressCount: 3,
      ipv6PrefixCount: 1,
      ipv6AddressCount: 2,
    });

    expect(scenario.ours()).toMatchObject([
      {
        ipv4Prefixes: [expect.any(String)],
        secondaryPrivateIpAddresses: [expect.any(String), expect.any(String), expect.any(String)],
        ipv6Prefixes: [expect.any(String)],
        ipv6Addresses: [expect.any(String), expect.any(String)],
      },
    ]);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('are added when more are asked for, and never taken away', async () => {
    await scenario.addNode();
    await apply({});
    scenario.ec2.wire.log.clear();

    await apply({ ipv4PrefixCount: 1 });
    expect(scenario.mutating()).toEqual(['AssignPrivateIpAddresses']);
    const given = scenario.ours()[0]?.ipv4Prefixes.slice();
    await apply({ ipv4PrefixCount: 0 });

    expect(given).toHaveLength(1);
    expect(scenario.ours()[0]?.ipv4Prefixes).toEqual(given);
    expect(scenario.mutating()).toEqual(['AssignPrivateIpAddresses']);
  });

  it('are put back when somebody takes them off', async () => {
    await scenario.addNode();
    await apply({ ipv4PrefixCount: 1 }, 60);
    scenario.ours()[0]?.ipv4Prefixes.splice(0);
    await scenario.pass(400);

    expect(scenario.ours()[0]?.ipv4Prefixes).toHaveLength(1);
  });

  it.each([
    { name: 'a type that is not built on Nitro', type: 'm4.large', reason: 'PrefixesNeedNitro' },
    { name: 'a type that takes fewer addresses', type: 't3.medium', reason: 'TooManyAddresses' },
  ])('are refused before any call on $name', async ({ type, reason }) => {
    await scenario.addNode({ instanceType: type });
    await apply({ ipv4PrefixCount: 6 });

    expect(scenario.mutating()).toEqual([]);
    expect(await scenario.ready('data')).toMatchObject({ status: 'False', reason });
  });

  it('are refused before any call in a subnet with too few free addresses', async () => {
    const { vpcId, ec2 } = scenario;
    const tiny = ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.9.0.0/28' });
    await scenario.addNode();
    await apply({ subnetID: tiny, ipv4PrefixCount: 1 });

    expect(scenario.mutating()).toEqual([]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'SubnetFull' });
  });

  it('that a fragmented subnet lacks hold back neither the ENI nor its single addresses', async () => {
    await scenario.addNode();
    const subnetID = createFragmentedSubnet();
    await apply({ subnetID, ipv4PrefixCount: 1, secondaryPrivateIPAddressCount: 2 }, 600);

    expect(scenario.ours()).toMatchObject([
      { attachment: { status: 'attached' }, ipv4Prefixes: [] },
    ]);
    expect(scenario.ours()[0]?.secondaryPrivateIpAddresses).toHaveLength(2);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'SubnetFragmented',
    });
    const early = scenario.mutating().length;
    await scenario.pass(3600);
    expect(scenario.mutating().length - early).toBeLessThan(8);
  });

  it('are not asked for where nobody asks: the calls are what they were', async () => {
    await scenario.addNode();
    await apply({});

    const calls = scenario.ec2.wire.log.calls.map(({ input }) => JSON.stringify(input));
    expect(calls.filter((call) => call.includes('Prefix'))).toEqual([]);
    expect(await recorded()).not.toHaveProperty('ipv4Prefixes');
  });
});
