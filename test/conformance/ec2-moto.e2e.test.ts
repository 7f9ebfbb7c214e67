import {
  CreateSecurityGroupCommand,
  CreateSubnetCidrReservationCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { createEc2Api } from '#providers/ec2/ec2-api.ts';
import { startAwsProxy } from '#test/support/servers/aws-proxy.ts';
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

  async reserveCidr(SubnetId, { cidr: Cidr, type: ReservationType }) {
    const reservation = { SubnetId, Cidr, ReservationType };
    await client.send(new CreateSubnetCidrReservationCommand(reservation));
  },

  async createSecurityGroup({ vpcId, name }) {
    const { GroupId } = await client.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: name }),
    );
    return GroupId ?? '';
  },

  async runInstance({ subnetId, instanceType, tags = { Name: 'node' } }) {
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

/** What moto 5.2.5 does not do as EC2 does, and the proxy before it does not add: nothing here is needed end to end. */
const UNMODELLED: readonly string[] = [
  // moto takes any group, address count and tag.
  'refuses a group that it does not know',
  'refuses a group of another VPC',
  'refuses a sixth group ("Amazon VPC quotas")',
  'refuses an ENI in a subnet without a free address',
  'refuses more addresses than the type of the instance holds on an interface',
  // It knows no prefixes.
  'gives a new ENI prefixes of its subnet, sixteen addresses each',
  'adds prefixes to an ENI that has addresses',
  'refuses addresses and prefixes of a family in one call',
  'refuses a prefix of a subnet whose blocks all have an address in use',
  // It keeps reservations of subnets and has no use for them, and gives a named address whoever has it.
  'gives no address of a reserved block that nobody names',
  'gives prefixes of the block that is reserved for them, however the rest is used',
  'gives no prefix of a block that is reserved for named addresses',
  'moves a named secondary address from one ENI to another, when that is allowed',
  'refuses an address that another ENI has, and gives none of the others that are named',
  'never moves a primary address, nor one of a prefix',
  'refuses named addresses and a number of them in one call',
  'refuses tags whose key begins with aws:',
  'knows no ENI to tag',
  // Everything happens at once there, so there is nothing between two states.
  'refuses a pending instance',
  'refuses a terminated instance',
  'refuses the device index of an attachment that is under way',
  'keeps a device index in use until its detachment is over',
  'refuses to detach what is being detached',
  'sets the flag of no attachment but the current one',
  // It knows neither limits of a type nor network cards nor the zones of an attachment.
  'refuses an instance in another zone',
  'refuses more interfaces than the type of the instance takes',
  'counts indexes and interfaces of each network card by itself',
  'refuses a network card that the type does not have',
  'refuses a device index that the network card does not have',
  'refuses without a named card an index that is in use on another',
  // It has no limit of a description and no groups of several VPCs.
  'refuses a description of more than 255 characters',
  'tells of no VPC with which a group is associated',
  // What it shows of instances is incomplete.
  'shows an attached ENI under the instance and the instance under the ENI',
  'shows a terminated instance without interfaces and without a private name',
  // Its describes know few filters, one page and no bounds.
  "finds an ENI by its group's name and its own private name",
  'finds attached ENIs by their attachment',
  'takes * and ? in a value as wildcards, unless a backslash is before them',
  'refuses a filter that it does not know',
  'refuses more than 200 values in a filter',
  'tells an id of no known form from an unknown one',
  'fails describes by ids that name an unknown instance, subnet or group',
  'gives ENIs in pages',
  'gives pages of 5 to 1000',
  'refuses a page size together with ids',
  'refuses to change two attributes in one call',
];

const setUp = async (): Promise<Ec2Subject> => {
  const moto = await startMoto();
  const proxy = await startAwsProxy({ target: moto.url, latencyMs: 0 });
  const dispose = async (): Promise<void> => {
    await proxy.stop();
    await moto.stop();
  };
  const client = new EC2Client(awsClientConfig(proxy.url));
  return { ec2: createEc2Api(client), lab: createLab(client), dispose };
};

ec2Conformance('moto behind the proxy', setUp, UNMODELLED);
