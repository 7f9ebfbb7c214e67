import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { createEc2Api } from '#providers/ec2/ec2-api.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import { startMoto } from '#test/support/servers/moto.ts';
import { ec2Conformance } from './ec2.ts';
import type { Ec2Lab, Ec2Subject } from './ec2-subject.ts';

const createLab = (client: EC2Client): Ec2Lab => ({
  async createVpc() {
    const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    return Vpc?.VpcId ?? '';
  },

  async createSubnet({ vpcId, zone, cidr, name = '' }) {
    const { Subnet } = await client.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        AvailabilityZone: `us-east-1${zone}`,
        CidrBlock: cidr,
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: name }] }],
      }),
    );
    return Subnet?.SubnetId ?? '';
  },

  async createSecurityGroup({ vpcId, name }) {
    const { GroupId } = await client.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: name }),
    );
    return GroupId ?? '';
  },

  async runInstance({ subnetId, instanceType, tags = {} }) {
    const { Instances } = await client.send(
      new RunInstancesCommand({
        ImageId: 'ami-12c6146b',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnetId,
        InstanceType: instanceType as 'm5.large',
        TagSpecifications: [
          {
            ResourceType: 'instance',
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          },
        ],
      }),
    );
    return Instances?.[0]?.InstanceId ?? '';
  },

  // Everything happens at once there.
  waitUntilRunning: async () => undefined,
  settle: async () => undefined,

  async stopInstance(id) {
    await client.send(new StopInstancesCommand({ InstanceIds: [id] }));
  },

  async startInstance(id) {
    await client.send(new StartInstancesCommand({ InstanceIds: [id] }));
  },

  async terminateInstance(id) {
    await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  },
});

/** What moto 5.2.5 does not do as EC2 does. */
const UNMODELLED: readonly string[] = [];

const setUp = async (): Promise<Ec2Subject> => {
  const moto = await startMoto();
  const client = new EC2Client(awsClientConfig(moto.url));
  return { ec2: createEc2Api(client), lab: createLab(client), dispose: moto.stop };
};

ec2Conformance('moto', setUp, UNMODELLED);
