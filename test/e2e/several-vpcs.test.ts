import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { required } from '#test/support/servers/fleet-network.ts';
import { joinStage } from './join-stage.ts';
import { apply, manifestFor } from './manifests.ts';
import { conditionOf, eventually, untilReady } from './outcomes.ts';
import { openScene, type Scene } from './scene.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await joinStage();
});

afterAll(() => stage?.stop());

const SUBNET = 'appliances-a';
const GROUP = 'appliances';

/** A second VPC of the account, with a subnet in the zone of the nodes and a group, each of a name. */
const addVpc = async ({ ec2 }: Scene) => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const vpcId = required(Vpc?.VpcId, 'VPC id');
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({
      VpcId: vpcId,
      AvailabilityZone: 'us-east-1a',
      CidrBlock: '10.9.0.0/24',
      TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: SUBNET }] }],
    }),
  );
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: GROUP, Description: GROUP }),
  );
  return {
    vpcId,
    subnetId: required(Subnet?.SubnetId, 'subnet id'),
    groupId: required(GroupId, 'group id'),
  };
};

describe('A node with interfaces in two VPCs', () => {
  it('has them by id and by name, each with the group of its own VPC', async () => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    const second = await addVpc(scene);
    await scene.startLocal({ vpcIds: [scene.fleet.vpcId, second.vpcId] });

    await apply(scene, manifestFor(scene.fleet, { deviceIndex: 2 }, 'vpc1'));
    await apply(
      scene,
      manifestFor(
        scene.fleet,
        { subnetID: second.subnetId, securityGroupIDs: [second.groupId], deviceIndex: 3 },
        'vpc2-by-id',
      ),
    );
    const named = {
      subnetID: undefined,
      subnetNames: [SUBNET],
      securityGroupIDs: undefined,
      securityGroupNames: [GROUP],
    };
    await apply(scene, manifestFor(scene.fleet, { ...named, deviceIndex: 4 }, 'vpc2-by-name'));
    for (const name of ['vpc1', 'vpc2-by-id', 'vpc2-by-name']) await untilReady(scene, 1, name);

    const seen = await scene.interfaces();
    const placed = seen.map(({ subnetId, deviceIndex, groupIds }) => ({
      subnetId,
      deviceIndex,
      groupIds,
    }));
    expect(
      placed.toSorted((one, other) => (one.deviceIndex ?? 0) - (other.deviceIndex ?? 0)),
    ).toEqual([
      {
        subnetId: scene.fleet.subnets[0]?.id,
        deviceIndex: 2,
        groupIds: [scene.fleet.groups.at(-1)?.id],
      },
      { subnetId: second.subnetId, deviceIndex: 3, groupIds: [second.groupId] },
      { subnetId: second.subnetId, deviceIndex: 4, groupIds: [second.groupId] },
    ]);
  });

  it('has none in a VPC that the installation does not name, and the NodeENI says which', async () => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    const second = await addVpc(scene);
    await scene.startLocal({ vpcIds: [scene.fleet.vpcId] });

    const asked = { subnetID: second.subnetId, securityGroupIDs: [second.groupId] };
    await apply(scene, manifestFor(scene.fleet, asked));

    await eventually(async () =>
      expect(conditionOf(await scene.client.nodeEni('data'))).toMatchObject({
        reason: 'VpcNotAllowed',
        message: expect.stringContaining(second.vpcId),
      }),
    );
    expect(await scene.interfaces()).toEqual([]);
  });
});
