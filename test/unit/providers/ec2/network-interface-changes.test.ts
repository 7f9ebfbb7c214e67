import { describe, expect, it } from 'vitest';
import type { CreateParameters } from '#core/apis/v1alpha1/node-eni-state.ts';
import { CallError } from '#core/errors.ts';
import { setUp } from './network-interface-setting.ts';

type Setting = ReturnType<typeof setUp>;

const CAUSE = { why: 'a test asks for it' };

const TAGS_OF_ONE = { 'nodeeni/name': 'data' };

const parametersFor = (
  { subnetId }: Setting,
  parameters: Partial<CreateParameters> = {},
): CreateParameters => ({
  incarnation: '2026-11-21T12:00:00.000Z',
  clientToken: 'token-1',
  subnetId,
  groupIds: [],
  description: 'NodeENI data',
  tags: TAGS_OF_ONE,
  ...parameters,
});

const attached = async (setting: Setting) => {
  const { ec2, provider, subnetId } = setting;
  const { instanceId } = ec2.fleet.runInstance({ subnetId });
  const { eniId } = await provider.create(parametersFor(setting), CAUSE);
  const place = { eniId, instanceId, deviceIndex: 2, networkCardIndex: 0 };
  return { eniId, attachmentId: await provider.attach(place, CAUSE) };
};

describe('creating an ENI', () => {
  it('asks for everything in one call and nothing that was not asked for', async () => {
    const setting = setUp();
    const { provider, subnetId, inputs } = setting;

    const eni = await provider.create(parametersFor(setting), CAUSE);

    expect(inputs()).toEqual([
      {
        ClientToken: 'token-1',
        SubnetId: subnetId,
        Description: 'NodeENI data',
        TagSpecifications: [
          { ResourceType: 'network-interface', Tags: [{ Key: 'nodeeni/name', Value: 'data' }] },
        ],
      },
    ]);
    expect(eni).toMatchObject({ subnetId, status: 'available', tags: TAGS_OF_ONE });
  });

  it('asks for groups and further addresses', async () => {
    const setting = setUp();
    const groupId = setting.ec2.fleet.createSecurityGroup({ vpcId: setting.vpcId, name: 'multus' });
    const more = { groupIds: [groupId], secondaryPrivateIpAddressCount: 3, ipv6AddressCount: 2 };

    const eni = await setting.provider.create(parametersFor(setting, more), CAUSE);

    expect(eni.groupIds).toEqual([groupId]);
    expect(eni.secondaryPrivateIpAddresses).toHaveLength(3);
    expect(eni.ipv6Addresses).toHaveLength(2);
  });

  it('gives the same ENI for the same token', async () => {
    const setting = setUp();
    const first = await setting.provider.create(parametersFor(setting), CAUSE);

    const second = await setting.provider.create(parametersFor(setting), CAUSE);

    expect(second.eniId).toBe(first.eniId);
    expect(setting.ec2.interfaces()).toHaveLength(1);
  });

  it('adds its own tags to an answer that shows none yet', async () => {
    const setting = setUp({
      createNetworkInterface: async () => ({
        NetworkInterface: { NetworkInterfaceId: 'eni-1', TagSet: [{ Key: 'late', Value: 'tag' }] },
        $metadata: {},
      }),
    });

    const { tags } = await setting.provider.create(parametersFor(setting), CAUSE);

    expect(tags).toEqual({ ...TAGS_OF_ONE, late: 'tag' });
  });

  it.each([{}, { NetworkInterface: {} }])('fails on an answer without an ENI', async (answer) => {
    const setting = setUp({
      createNetworkInterface: async () => ({ ...answer, $metadata: {} }),
    });

    await expect(setting.provider.create(parametersFor(setting), CAUSE)).rejects.toMatchObject({
      failure: 'Unknown',
      code: 'NoAnswer',
    });
  });
});

describe('giving up an ENI', () => {
  it('takes off our tags, and not those that another cluster has put in their place', async () => {
    const setting = setUp();
    const { provider } = setting;
    const { eniId } = await attached(setting);
    await provider.setTags(eniId, { cluster: 'staging', uid: 'uid-1' }, CAUSE);

    await provider.giveUp(eniId, { cluster: 'prod', uid: 'uid-1' }, CAUSE);

    const [eni] = await provider.get([eniId]);
    expect(eni?.tags).toMatchObject({ cluster: 'staging' });
    expect(eni?.tags).not.toHaveProperty('uid');
  });
});

describe('changing an ENI', () => {
  it('does what is asked, each by the call of that name, and asks the budget for each', async () => {
    const setting = setUp();
    const { ec2, vpcId, provider, taken } = setting;
    const groupId = ec2.fleet.createSecurityGroup({ vpcId, name: 'multus' });
    const { eniId, attachmentId } = await attached(setting);

    await provider.setDeleteOnTermination({ eniId, attachmentId, value: true }, CAUSE);
    await provider.setGroups(eniId, [groupId], CAUSE);
    await provider.setDescription(eniId, 'another', CAUSE);
    await provider.setSourceDestCheck(eniId, false, CAUSE);
    await provider.assignAddresses(eniId, { secondaryPrivateIpAddressCount: 2 }, CAUSE);
    await provider.assignAddresses(eniId, { ipv6AddressCount: 1 }, CAUSE);
    await provider.setTags(eniId, { new: 'tag', newer: 'tag' }, CAUSE);
    await provider.removeTags(eniId, ['new', 'nodeeni/name'], CAUSE);
    const [eni] = await provider.get([eniId]);
    await provider.detach(attachmentId, CAUSE);
    await provider.delete(eniId, CAUSE);

    expect(eni).toMatchObject({
      groupIds: [groupId],
      description: 'another',
      sourceDestCheck: false,
      secondaryPrivateIpAddresses: [expect.anything(), expect.anything()],
      ipv6Addresses: [expect.anything()],
      tags: { newer: 'tag' },
      attachment: { attachmentId, deviceIndex: 2, deleteOnTermination: true },
    });
    expect(await provider.get([eniId])).toEqual([]);
    expect(taken).toEqual(ec2.wire.log.mutating.map(({ action }) => action));
    expect(taken).toHaveLength(12);
  });

  it('asks for no addresses where none are wanted', async () => {
    const { provider, taken } = setUp();

    await provider.assignAddresses('eni-1', {}, CAUSE);

    expect(taken).toEqual([]);
  });

  it.each([0, 1])('names network card %i', async (networkCardIndex) => {
    const asked: object[] = [];
    const { provider } = setUp({
      attachNetworkInterface: async (input) => {
        asked.push(input);
        return { AttachmentId: 'eni-attach-1', $metadata: {} };
      },
    });

    await provider.attach(
      { eniId: 'eni-1', instanceId: 'i-1', deviceIndex: 1, networkCardIndex },
      CAUSE,
    );

    expect(asked).toEqual([
      {
        NetworkInterfaceId: 'eni-1',
        InstanceId: 'i-1',
        DeviceIndex: 1,
        NetworkCardIndex: networkCardIndex,
      },
    ]);
  });

  it('fails on an attach answer without an attachment', async () => {
    const { provider } = setUp({ attachNetworkInterface: async () => ({ $metadata: {} }) });

    await expect(
      provider.attach({ eniId: 'e', instanceId: 'i', deviceIndex: 1, networkCardIndex: 0 }, CAUSE),
    ).rejects.toMatchObject({ failure: 'Unknown', code: 'NoAnswer' });
  });
});

describe('the request budget', () => {
  it('stops a call before EC2 sees it, by its own refusal', async () => {
    const { provider, refusals, throttled, inputs } = setUp();
    const refusal = new CallError('Throttled', 'RequestBudget', 'spent', { retryAfterSeconds: 40 });
    refusals.push(refusal);

    await expect(provider.delete('eni-1', CAUSE)).rejects.toBe(refusal);
    expect([inputs(), throttled]).toEqual([[], []]);
  });

  it('is told of each refusal by EC2, and of no other failure', async () => {
    const { ec2, provider, throttled } = setUp();
    ec2.wire.failNext('DeleteNetworkInterface', { code: 'RequestLimitExceeded' });
    ec2.wire.failNext('DeleteNetworkInterface', { code: 'UnauthorizedOperation' });
    const remove = () => provider.delete('eni-00000000000000000', CAUSE);

    await expect(remove()).rejects.toMatchObject({ failure: 'Throttled' });
    await expect(remove()).rejects.toMatchObject({ failure: 'Denied' });
    await expect(remove()).rejects.toMatchObject({
      failure: 'NotFound',
      code: 'InvalidNetworkInterfaceID.NotFound',
    });
    expect(throttled).toEqual(['DeleteNetworkInterface']);
  });
});
