import { beforeEach, describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;
let instanceId: string;

const start = async (spec: Partial<NodeEniSpec> = {}) => {
  await scenario.applyNodeEni('data', { subnetIDs: [scenario.subnets.a], ...spec });
  await scenario.pass(60);
  scenario.ec2.wire.log.clear();
};

const edit = async (spec: Partial<NodeEniSpec>) => {
  await scenario.applyNodeEni('data', { subnetIDs: [scenario.subnets.a], ...spec });
  await scenario.pass(90);
};

beforeEach(async () => {
  scenario = createScenario();
  ({ instanceId } = await scenario.addNode());
});

describe('An edited spec', () => {
  it('changes groups by one call and keeps the ENI', async () => {
    await start();
    const before = scenario.ours()[0]?.eniId;

    await edit({ securityGroupIDs: [scenario.groups.one, scenario.groups.two] });

    expect(scenario.mutating()).toEqual(['ModifyNetworkInterfaceAttribute']);
    expect(scenario.ours()[0]).toMatchObject({
      eniId: before,
      groupIds: [scenario.groups.one, scenario.groups.two].toSorted(),
    });
  });

  it('releases the ENI of a subnet that was taken out, and only that', async () => {
    await start({ subnetIDs: [scenario.subnets.a, scenario.subnets.a2] });
    expect(scenario.ours()).toHaveLength(2);

    await edit({});

    expect(scenario.ours()).toMatchObject([{ subnetId: scenario.subnets.a }]);
    expect(await scenario.status('data')).toMatchObject({ summary: '1/1' });
  });

  it('hands a new MTU to the host without any call to EC2', async () => {
    await start({ mtu: 1500 });
    const before = (await scenario.states())[0]?.spec.interfaces?.[`data/${scenario.subnets.a}`];

    await edit({ mtu: 9001 });

    const after = (await scenario.states())[0]?.spec.interfaces?.[`data/${scenario.subnets.a}`];
    expect(after).toMatchObject({ mtu: 9001, generation: (before?.generation ?? 0) + 1 });
    expect(scenario.mutating()).toEqual([]);
  });

  it.each([true, false])(
    'sets delete-on-termination from %s to the opposite by one call',
    async (value) => {
      await start({ deleteOnTermination: value });
      expect(scenario.ours()[0]?.attachment?.deleteOnTermination).toBe(value);

      await edit({ deleteOnTermination: !value });

      expect(scenario.ours()[0]?.attachment?.deleteOnTermination).toBe(!value);
      expect(scenario.mutating()).toEqual(['ModifyNetworkInterfaceAttribute']);
    },
  );

  it('adds and takes off tags', async () => {
    await start({ tags: { team: 'core', tier: 'gold' } });

    await edit({ tags: { team: 'edge' } });

    const tags = Object.fromEntries(scenario.ours()[0]?.tags ?? []);
    expect(tags).toMatchObject({ team: 'edge' });
    expect(tags).not.toHaveProperty('tier');
    expect(scenario.mutating()).toEqual(['CreateTags', 'DeleteTags']);
  });

  it('moves an ENI only when its index is required', async () => {
    await start();
    await edit({ deviceIndex: 5 });
    expect(scenario.mutating()).toEqual([]);

    await edit({ deviceIndex: 5, deviceIndexPolicy: 'Require' });

    expect(scenario.oursOn(instanceId)).toMatchObject([
      { attachment: { deviceIndex: 5, deleteOnTermination: true } },
    ]);
    expect(scenario.mutating()).toEqual([
      'DetachNetworkInterface',
      'AttachNetworkInterface',
      'ModifyNetworkInterfaceAttribute',
    ]);
  });

  it.each([
    { how: 'waits for an index that it requires until the other has left it', isRequired: true },
    { how: 'takes another index beside one that is about to be left', isRequired: false },
  ])('$how, and asks EC2 for none that it would refuse', async ({ isRequired }) => {
    const follower: Partial<NodeEniSpec> = {
      subnetIDs: [scenario.subnets.a2],
      deviceIndex: 2,
      deviceIndexPolicy: isRequired ? 'Require' : 'Prefer',
    };
    await start({ deviceIndex: 2 });

    await scenario.applyNodeEni('follower', follower);
    await edit({ deviceIndex: 5, deviceIndexPolicy: 'Require' });

    const indexes = scenario
      .ours()
      .map(({ tags, attachment }) => [tags.get(TAGS.name), attachment?.deviceIndex]);
    expect(Object.fromEntries(indexes)).toEqual({ data: 5, follower: isRequired ? 2 : 3 });
    const refused = scenario.ec2.wire.log.mutating.filter(({ errorCode }) => errorCode);
    expect(refused).toEqual([]);
  });

  it('does nothing while it is paused, and says what it would do', async () => {
    await start();
    await edit({ paused: true, securityGroupIDs: [scenario.groups.two] });
    expect(scenario.mutating()).toEqual([]);
    expect(await scenario.ready('data')).toMatchObject({
      reason: 'Paused',
      message: expect.stringContaining('set the security groups'),
    });

    await edit({ securityGroupIDs: [scenario.groups.two] });

    expect(scenario.mutating()).toEqual(['ModifyNetworkInterfaceAttribute']);
  });

  it('adds addresses when more are asked for', async () => {
    await start();
    await edit({ secondaryPrivateIPAddressCount: 3 });

    expect(scenario.ours()[0]?.secondaryPrivateIpAddresses).toHaveLength(3);
    expect(scenario.mutating()).toEqual(['AssignPrivateIpAddresses']);
  });
});

describe('A spec that EC2 refuses', () => {
  it('is asked for again as soon as it is edited, and not after its back-off', async () => {
    const refusing = createScenario({
      ec2: {
        onCall: (action, input) =>
          action === 'CreateNetworkInterface' && JSON.stringify(input).includes('10.9.9.9')
            ? { code: 'InvalidParameterValue' }
            : undefined,
      },
    });
    await refusing.addNode();
    const subnetID = refusing.subnets.a;
    await refusing.applyNodeEni('data', { subnetID, tags: { address: '10.9.9.9' } });
    // Long enough for a back-off of more than a quarter of an hour.
    await refusing.pass(1800);
    const refused = refusing.mutating().length;
    expect(await refusing.ready('data')).toMatchObject({ status: 'False' });

    await refusing.applyNodeEni('data', { subnetID, tags: { address: '10.1.0.9' } });
    await refusing.pass(60);

    expect(refused).toBeLessThan(6);
    expect(await refusing.ready('data')).toMatchObject({ status: 'True' });
  });
});
