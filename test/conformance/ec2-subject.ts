import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';

/** What is done to an account beside the calls under test. Zones are the first and the second of a region. */
export interface Ec2Lab {
  createVpc(): Promise<string>;
  createSubnet(subnet: {
    readonly vpcId: string;
    readonly zone: 'a' | 'b';
    readonly cidr: string;
    readonly name?: string;
  }): Promise<string>;
  reserveCidr(
    subnetId: string,
    reservation: { readonly cidr: string; readonly type: 'prefix' | 'explicit' },
  ): Promise<void>;
  createSecurityGroup(group: { readonly vpcId: string; readonly name: string }): Promise<string>;
  /** Resolves while the instance may still be pending. */
  runInstance(instance: {
    readonly subnetId: string;
    readonly instanceType: string;
    readonly tags?: Readonly<Record<string, string>>;
  }): Promise<string>;
  waitUntilRunning(instanceId: string): Promise<void>;
  /** Resolves when it is stopped. */
  stopInstance(instanceId: string): Promise<void>;
  /** Resolves when it is pending or running again. */
  startInstance(instanceId: string): Promise<void>;
  /** Resolves when it is terminated. */
  terminateInstance(instanceId: string): Promise<void>;
  /** Resolves when no attachment changes any more and describes show everything. */
  settle(): Promise<void>;
}

/** An EC2 under test. */
export interface Ec2Subject {
  readonly ec2: Ec2Api;
  readonly lab: Ec2Lab;
  readonly dispose?: () => Promise<void>;
}

/** A VPC with a subnet in each of two zones and a group. Every rule makes one of its own. */
export interface Ec2Site extends Ec2Subject {
  readonly vpcId: string;
  readonly subnetA: string;
  readonly subnetB: string;
  readonly groupId: string;
  /** A tag value nobody else uses. */
  readonly mark: string;
  /** An ENI in `subnetA` unless told otherwise, with the site's mark. Out: its id. */
  createInterface(options?: { readonly subnetId?: string }): Promise<string>;
  /** An instance in `subnetA` that runs. */
  createInstance(instanceType?: string): Promise<string>;
  /** Attaches and waits until that is done. Out: the attachment's id. */
  attach(eniId: string, instanceId: string, deviceIndex: number): Promise<string>;
  /** The ENI as a describe by filter shows it. */
  find(eniId: string): Promise<NetworkInterface | undefined>;
}

export interface Ec2Rules {
  /** One rule of EC2. Expected to fail where the subject is known not to follow it, so that the list stays true. */
  readonly rule: (title: string, test: (site: Ec2Site) => Promise<void>) => void;
}

const run = Date.now().toString(36);
let sites = 0;

const nextMark = (): string => {
  sites += 1;
  return `rule-${run}-${sites}`;
};

export const MARK = 'conformance/mark';

const createSite = async ({ ec2, lab }: Ec2Subject): Promise<Ec2Site> => {
  const mark = nextMark();
  const vpcId = await lab.createVpc();
  const subnetA = await lab.createSubnet({ vpcId, zone: 'a', cidr: '10.0.1.0/24', name: mark });
  const subnetB = await lab.createSubnet({ vpcId, zone: 'b', cidr: '10.0.2.0/24' });
  const groupId = await lab.createSecurityGroup({ vpcId, name: mark });

  return {
    ec2,
    lab,
    vpcId,
    subnetA,
    subnetB,
    groupId,
    mark,

    async createInterface({ subnetId = subnetA } = {}) {
      const { NetworkInterface: eni } = await ec2.createNetworkInterface({
        SubnetId: subnetId,
        Groups: [groupId],
        TagSpecifications: [
          { ResourceType: 'network-interface', Tags: [{ Key: MARK, Value: mark }] },
        ],
      });
      await lab.settle();
      return eni?.NetworkInterfaceId ?? '';
    },

    async createInstance(instanceType = 'm5.4xlarge') {
      const instanceId = await lab.runInstance({ subnetId: subnetA, instanceType });
      await lab.waitUntilRunning(instanceId);
      return instanceId;
    },

    async attach(eniId, instanceId, deviceIndex) {
      const { AttachmentId = '' } = await ec2.attachNetworkInterface({
        NetworkInterfaceId: eniId,
        InstanceId: instanceId,
        DeviceIndex: deviceIndex,
      });
      await lab.settle();
      return AttachmentId;
    },

    async find(eniId) {
      const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({
        Filters: [{ Name: 'network-interface-id', Values: [eniId] }],
      });
      return NetworkInterfaces[0];
    },
  };
};

export const createEc2Rules = (
  subject: () => Ec2Subject,
  unmodelled: readonly string[],
): Ec2Rules => ({
  rule: (title, test) =>
    (unmodelled.includes(title) ? it.fails : it)(title, async () =>
      test(await createSite(subject())),
    ),
});

/** Asserts that EC2 refuses a call with this code, and says so. */
export const expectRefusal = async (
  call: Promise<unknown>,
  code: string,
  text = '',
): Promise<void> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } });
  expect(String(error)).toContain(text);
};
