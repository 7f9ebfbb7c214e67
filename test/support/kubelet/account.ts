import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { type AwsProxy, startAwsProxy } from '#test/support/servers/aws-proxy.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import { createFleetNetwork, type FleetNetwork } from '#test/support/servers/fleet-network.ts';
import { type FleetNode, runInstances } from '#test/support/servers/fleet-nodes.ts';
import { startMoto } from '#test/support/servers/moto.ts';

/** 30 addresses an interface (DescribeInstanceTypes, m5.4xlarge). */
const INSTANCE_TYPE = 'm5.4xlarge';

/** EC2 by moto, with instances that nodes are to be. */
export interface Account {
  /** What the product calls, and what counts its calls. */
  readonly proxy: AwsProxy;
  readonly network: FleetNetwork;
  readonly instances: readonly FleetNode[];
  /** The secondary addresses that EC2 shows on an ENI. The question is not counted. */
  readonly addressesOf: (eniId: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

/** Starts an account of a test's own with instances in one zone. */
export const openAccount = async (cluster: string, count: number): Promise<Account> => {
  await using undoing = new AsyncDisposableStack();
  const moto = undoing.use(await startMoto());
  const proxy = undoing.use(await startAwsProxy({ target: moto.url }));
  const ec2 = new EC2Client(awsClientConfig(moto.url));
  const groupNames = ['nodes', 'interfaces'];
  const network = await createFleetNetwork(ec2, { cluster, zones: ['us-east-1a'], groupNames });
  const [subnet] = network.subnets;
  const [group] = network.groups;
  if (subnet === undefined || group === undefined) throw new Error('The account has no network.');
  const place = { cluster, subnet, groupIds: [group.id] };
  const instances = await runInstances(ec2, { ...place, count, instanceType: INSTANCE_TYPE });
  const whole = undoing.move();
  return {
    ...{ proxy, network, instances },
    async addressesOf(eniId) {
      const { NetworkInterfaces: [eni] = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eniId] }),
      );
      return (eni?.PrivateIpAddresses ?? []).flatMap(({ Primary, PrivateIpAddress }) =>
        Primary === true || PrivateIpAddress === undefined ? [] : [PrivateIpAddress],
      );
    },
    stop: () => whole.disposeAsync(),
  };
};
