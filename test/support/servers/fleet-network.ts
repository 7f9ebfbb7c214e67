import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
  type ResourceType,
} from '@aws-sdk/client-ec2';

export type FleetSubnet = { readonly id: string; readonly name: string; readonly zone: string };
export type FleetGroup = { readonly id: string; readonly name: string };

export type FleetNetwork = {
  readonly vpcId: string;
  readonly subnets: readonly FleetSubnet[];
  readonly groups: readonly FleetGroup[];
};

export type FleetNetworkOptions = {
  readonly cluster: string;
  readonly zones: readonly string[];
  readonly groupNames: readonly string[];
};

/** An id the emulator owes us; without it nothing that follows could work. */
export const required = (value: string | undefined, what: string): string => {
  if (value === undefined || value === '') throw new Error(`The answer of AWS has no ${what}.`);
  return value;
};

const named = (type: ResourceType, name: string) => ({
  TagSpecifications: [{ ResourceType: type, Tags: [{ Key: 'Name', Value: name }] }],
});

/**
 * Makes the network of a cluster. In: its name, the zones and the names of the security groups.
 * Out: the ids of one VPC, one subnet a zone (tagged `Name` = `<cluster>-<zone>`, so that it can be
 * found by name or by tag) and the groups.
 */
export const createFleetNetwork = async (
  ec2: EC2Client,
  { cluster, zones, groupNames }: FleetNetworkOptions,
): Promise<FleetNetwork> => {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', ...named('vpc', cluster) }),
  );
  const vpcId = required(Vpc?.VpcId, 'VPC id');
  await ec2.send(
    new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }),
  );

  const createSubnet = async (zone: string, index: number): Promise<FleetSubnet> => {
    const name = `${cluster}-${zone}`;
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        AvailabilityZone: zone,
        CidrBlock: `10.0.${index * 16}.0/20`,
        ...named('subnet', name),
      }),
    );
    return { id: required(Subnet?.SubnetId, 'subnet id'), name, zone };
  };

  const createGroup = async (name: string): Promise<FleetGroup> => {
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        VpcId: vpcId,
        GroupName: name,
        Description: `${name} of ${cluster}`,
        ...named('security-group', name),
      }),
    );
    return { id: required(GroupId, 'group id'), name };
  };

  return {
    vpcId,
    subnets: await Promise.all(zones.map(createSubnet)),
    groups: await Promise.all(groupNames.map(createGroup)),
  };
};
