import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { Fault } from '#simulator/faults.ts';
import { createScenario } from '#test/support/scenario.ts';

type Refuse = (action: string, input: string) => Fault | undefined;

/** A node, one NodeENI, and an account in which EC2 refuses what it is told to. */
const start = async (refuse: Refuse, spec: Partial<NodeEniSpec> = {}) => {
  const scenario = createScenario({
    ec2: { onCall: (action, input) => refuse(action, JSON.stringify(input)) },
  });
  const asked: Partial<NodeEniSpec> = { subnetID: scenario.subnets.a, ...spec };
  await scenario.addNode();
  await scenario.applyNodeEni('data', asked);
  await scenario.pass(60);
  const edit = async (changes: Partial<NodeEniSpec>, seconds: number) => {
    await scenario.applyNodeEni('data', { ...asked, ...changes });
    await scenario.pass(seconds);
  };
  return { scenario, edit };
};

/** An organisation's tag policy takes four digits for CostCenter; its code is in no list of EC2's. */
const tagPolicy =
  (code: string): Refuse =>
  (action, input) =>
    /Tag|Create/.test(action) && input.includes('"CostCenter"') && !/"\d{4}"/.test(input)
      ? { code }
      : undefined;

describe('A create call that EC2 refuses', () => {
  it.each(['TagPolicyViolation', 'InvalidParameterValue', 'InvalidGroupId.Malformed'])(
    'is made with what was set right, at once, and leaves one ENI: %s',
    async (code) => {
      const { scenario, edit } = await start(tagPolicy(code), { tags: { CostCenter: 'telco' } });
      expect(await scenario.ready('data')).toMatchObject({ status: 'False' });
      expect(scenario.ours()).toEqual([]);

      await edit({ tags: { CostCenter: '4711' } }, 30);

      expect(scenario.ours().map(({ tags }) => tags.get('CostCenter'))).toEqual(['4711']);
    },
  );

  it('is tried less often the longer nobody mends it, whatever its code', async () => {
    const { scenario } = await start(tagPolicy('TagPolicyViolation'), {
      tags: { CostCenter: 'telco' },
    });

    await scenario.pass(4 * 3600);

    const tries = scenario.ec2.wire.log.counts().CreateNetworkInterface ?? 0;
    expect(tries).toBeLessThan(12);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'Refused' });
  });

  it('is made again with its own token when no answer came, and leaves one ENI', async () => {
    let isLost = true;
    const { scenario, edit } = await start((action) =>
      action === 'CreateNetworkInterface' && isLost
        ? { code: 'InternalError', isAfterEffect: true }
        : undefined,
    );
    isLost = false;

    await edit({ tags: { team: 'core' } }, 400);

    expect(scenario.ours()).toHaveLength(1);
    expect(scenario.ours()[0]?.tags.get('team')).toBe('core');
  });
});

describe('A name whose bearer was made anew', () => {
  it('means the new group for a node that joins while the old one is still remembered', async () => {
    const { scenario } = await start(() => undefined, {
      securityGroupIDs: undefined,
      securityGroupNames: ['multus'],
    });
    scenario.ec2.byHand.deleteSecurityGroup(scenario.groups.one);
    const anew = scenario.ec2.fleet.createSecurityGroup({
      vpcId: scenario.vpcId,
      name: 'multus',
    });

    const { instanceId } = await scenario.addNode();
    await scenario.pass(40);

    expect(scenario.oursOn(instanceId).map(({ groupIds }) => groupIds)).toEqual([[anew]]);
  });

  it('means the new subnet', async () => {
    const { scenario } = await start(() => undefined, {
      subnetID: undefined,
      subnetNames: ['lan-a'],
    });
    scenario.ec2.byHand.deleteSubnet(scenario.subnets.a);
    const anew = scenario.ec2.fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.9.0.0/24',
      name: 'lan-a',
    });

    const { instanceId } = await scenario.addNode();
    await scenario.pass(40);

    expect(scenario.oursOn(instanceId).map(({ subnetId }) => subnetId)).toEqual([anew]);
  });

  it('is reported when nothing carries it any more, by no further call', async () => {
    const { scenario } = await start(() => undefined);
    scenario.ec2.byHand.deleteSecurityGroup(scenario.groups.one);
    await scenario.addNode();
    await scenario.pass(120);
    scenario.ec2.wire.log.clear();

    await scenario.pass(3600);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'SecurityGroupNotFound' });
    expect(scenario.mutating()).toEqual([]);
  });
});

describe('A refused change of an ENI', () => {
  const DESCRIBED = { description: 'for voice', tags: { team: 'core' }, sourceDestCheck: false };
  const refuseOnly =
    (word: string): Refuse =>
    (action, input) =>
      action.startsWith('Create') || !(action + input).includes(word)
        ? undefined
        : { code: 'UnauthorizedOperation' };

  it.each(['"Description"', '"SourceDestCheck"', '"Groups"', 'AssignPrivateIpAddresses'])(
    'holds back no other: %s',
    async (word) => {
      const { scenario, edit } = await start(refuseOnly(word));

      await edit(
        {
          ...DESCRIBED,
          securityGroupIDs: [scenario.groups.two],
          secondaryPrivateIPAddressCount: 2,
        },
        30,
      );

      const [eni] = scenario.ours();
      const right = [
        eni?.description === 'for voice',
        eni?.sourceDestCheck === false,
        eni?.groupIds[0] === scenario.groups.two,
        eni?.secondaryPrivateIpAddresses.length === 2,
        eni?.tags.get('team') === 'core',
      ];
      expect(right.filter((isRight) => !isRight)).toHaveLength(1);
      expect(await scenario.ready('data')).toMatchObject({
        status: 'False',
        reason: 'AccessDenied',
      });
    },
  );

  it('is not waited for by changes that somebody makes by hand', async () => {
    const { scenario, edit } = await start(refuseOnly('"Description"'));
    await edit({ description: 'for voice' }, 30);
    const [eni] = scenario.ours();

    scenario.ec2.byHand.setGroups(eni?.eniId ?? '', [scenario.groups.two]);
    if (eni?.attachment) eni.attachment.deleteOnTermination = false;
    await scenario.pass(330);

    expect(scenario.ours()[0]).toMatchObject({
      groupIds: [scenario.groups.one],
      attachment: { deleteOnTermination: true },
    });
  });
});
