import { describe, expect } from 'vitest';
import { type Ec2Rules, type Ec2Site, expectRefusal } from './ec2-subject.ts';

const UNKNOWN_ENI = 'eni-00000000000000000';
const UNKNOWN_INSTANCE = 'i-00000000000000000';

const attachmentsOn = async ({ ec2 }: Ec2Site, instanceId: string) => {
  const { Reservations = [] } = await ec2.describeInstances({
    Filters: [{ Name: 'instance-id', Values: [instanceId] }],
  });
  const { NetworkInterfaces = [] } = Reservations[0]?.Instances?.[0] ?? {};
  return NetworkInterfaces.toSorted(
    (left, right) => (left.Attachment?.DeviceIndex ?? 0) - (right.Attachment?.DeviceIndex ?? 0),
  );
};

const describeAttaching = ({ rule }: Ec2Rules): void => {
  rule('shows an attached ENI under the instance and the instance under the ENI', async (site) => {
    const instanceId = await site.createInstance();
    const eniId = await site.createInterface();

    const attachmentId = await site.attach(eniId, instanceId, 2);

    const attachment = { AttachmentId: attachmentId, DeviceIndex: 2, Status: 'attached' };
    expect(await site.find(eniId)).toMatchObject({
      Status: 'in-use',
      Attachment: { ...attachment, InstanceId: instanceId },
    });
    expect(await attachmentsOn(site, instanceId)).toMatchObject([
      { Attachment: { DeviceIndex: 0, DeleteOnTermination: true } },
      { NetworkInterfaceId: eniId, Attachment: attachment },
    ]);
  });

  rule('keeps an ENI that is attached later when its instance ends', async (site) => {
    const eniId = await site.createInterface();
    await site.attach(eniId, await site.createInstance(), 1);

    expect(await site.find(eniId)).toMatchObject({ Attachment: { DeleteOnTermination: false } });
  });

  // "AttachNetworkInterface": hot attach to a running instance, warm attach to a stopped one.
  rule('attaches to a stopped instance', async (site) => {
    const instanceId = await site.createInstance();
    const eniId = await site.createInterface();
    await site.lab.stopInstance(instanceId);

    await site.attach(eniId, instanceId, 1);

    expect(await site.find(eniId)).toMatchObject({ Attachment: { InstanceId: instanceId } });
  });

  rule('refuses a pending instance', async (site) => {
    const eniId = await site.createInterface();
    const instanceId = await site.lab.runInstance({
      subnetId: site.subnetA,
      instanceType: 'm5.large',
    });

    const call = site.ec2.attachNetworkInterface({
      NetworkInterfaceId: eniId,
      InstanceId: instanceId,
      DeviceIndex: 1,
    });

    await expectRefusal(call, 'IncorrectState', `Instance '${instanceId}'`);
  });

  rule('refuses a terminated instance', async (site) => {
    const eniId = await site.createInterface();
    const instanceId = await site.createInstance();
    await site.lab.terminateInstance(instanceId);

    await expectRefusal(site.attach(eniId, instanceId, 1), 'IncorrectState');
  });

  rule('refuses an instance in another zone', async (site) => {
    const eniId = await site.createInterface({ subnetId: site.subnetB });

    const call = site.attach(eniId, await site.createInstance(), 1);

    await expectRefusal(call, 'InvalidParameterCombination', 'same availability zone');
  });

  // "Multi-VPC ENI attachments": the zone must be the same, the VPC need not.
  rule('attaches an ENI of another VPC in the zone of the instance', async (site) => {
    const vpcId = await site.lab.createVpc();
    const subnetId = await site.lab.createSubnet({ vpcId, zone: 'a', cidr: '10.0.1.0/24' });
    const groupId = await site.lab.createSecurityGroup({ vpcId, name: site.mark });
    const { NetworkInterface: eni } = await site.ec2.createNetworkInterface({
      SubnetId: subnetId,
      Groups: [groupId],
    });
    await site.lab.settle();
    const eniId = eni?.NetworkInterfaceId ?? '';
    const instanceId = await site.createInstance();

    await site.attach(eniId, instanceId, 1);

    expect(await site.find(eniId)).toMatchObject({
      VpcId: vpcId,
      SubnetId: subnetId,
      Attachment: { InstanceId: instanceId },
    });
  });

  rule('refuses an ENI that is attached already', async (site) => {
    const eniId = await site.createInterface();
    await site.attach(eniId, await site.createInstance(), 1);

    const call = site.attach(eniId, await site.createInstance(), 1);

    await expectRefusal(call, 'InvalidNetworkInterface.InUse', eniId);
  });

  rule('knows neither the ENI nor the instance of an attachment', async (site) => {
    const eniId = await site.createInterface();
    const instanceId = await site.createInstance();

    await expectRefusal(
      site.attach(UNKNOWN_ENI, instanceId, 1),
      'InvalidNetworkInterfaceID.NotFound',
    );
    await expectRefusal(site.attach(eniId, UNKNOWN_INSTANCE, 1), 'InvalidInstanceID.NotFound');
  });
};

const describePlaces = ({ rule }: Ec2Rules): void => {
  const IN_USE = 'already has an interface attached at device index';

  rule('refuses a device index in use', async (site) => {
    const instanceId = await site.createInstance();
    await site.attach(await site.createInterface(), instanceId, 1);

    const call = site.attach(await site.createInterface(), instanceId, 1);

    await expectRefusal(call, 'InvalidParameterValue', `${IN_USE} '1'`);
  });

  rule('refuses the device index of an attachment that is under way', async (site) => {
    const instanceId = await site.createInstance();
    const [first, second] = [await site.createInterface(), await site.createInterface()];
    const attach = (NetworkInterfaceId: string) =>
      site.ec2.attachNetworkInterface({
        NetworkInterfaceId,
        InstanceId: instanceId,
        DeviceIndex: 1,
      });
    await attach(first);

    await expectRefusal(attach(second), 'InvalidParameterValue', IN_USE);
    expect(await site.find(first)).toMatchObject({ Attachment: { Status: 'attaching' } });
  });

  rule('keeps a device index in use until its detachment is over', async (site) => {
    const instanceId = await site.createInstance();
    const [first, second] = [await site.createInterface(), await site.createInterface()];
    const attachmentId = await site.attach(first, instanceId, 1);
    await site.ec2.detachNetworkInterface({ AttachmentId: attachmentId });

    expect(await site.find(first)).toMatchObject({ Attachment: { Status: 'detaching' } });
    await expectRefusal(site.attach(second, instanceId, 1), 'InvalidParameterValue', IN_USE);
    await site.lab.settle();
    await site.attach(second, instanceId, 1);
  });

  rule('refuses more interfaces than the type of the instance takes', async (site) => {
    const instanceId = await site.createInstance('m5.large');
    await site.attach(await site.createInterface(), instanceId, 1);
    await site.attach(await site.createInterface(), instanceId, 2);

    const call = site.attach(await site.createInterface(), instanceId, 3);

    await expectRefusal(call, 'AttachmentLimitExceeded', 'exceeds the limit for m5.large');
  });

  // "Network cards", EC2 User Guide: indexes and limits are those of a card.
  rule('counts indexes and interfaces of each network card by itself', async (site) => {
    const instanceId = await site.createInstance('c6in.32xlarge');
    const attach = async (card: number, index: number) =>
      site.ec2.attachNetworkInterface({
        NetworkInterfaceId: await site.createInterface(),
        InstanceId: instanceId,
        DeviceIndex: index,
        NetworkCardIndex: card,
      });
    for (const index of [1, 2, 3, 4, 5, 6, 7]) await attach(0, index);

    await expectRefusal(attach(0, 8), 'AttachmentLimitExceeded');
    await attach(1, 1);
    await site.lab.settle();
    expect(await attachmentsOn(site, instanceId)).toHaveLength(9);
  });

  rule('refuses a device index that the network card does not have', async (site) => {
    const call = site.ec2.attachNetworkInterface({
      NetworkInterfaceId: await site.createInterface(),
      InstanceId: await site.createInstance('m5.large'),
      DeviceIndex: 3,
      NetworkCardIndex: 0,
    });

    await expectRefusal(call, 'InvalidParameterValue', 'Specify a number from 0 to 2');
  });

  // What cilium/cilium#42512 met: without a card, an index of any card counts as in use.
  rule('refuses without a named card an index that is in use on another', async (site) => {
    const instanceId = await site.createInstance('c6in.32xlarge');
    const attach = async (card?: number) =>
      site.ec2.attachNetworkInterface({
        NetworkInterfaceId: await site.createInterface(),
        InstanceId: instanceId,
        DeviceIndex: 1,
        ...(card !== undefined && { NetworkCardIndex: card }),
      });
    await attach(1);

    await expectRefusal(attach(), 'InvalidParameterValue', `${IN_USE} '1'`);
    await attach(0);
  });

  rule('refuses a network card that the type does not have', async (site) => {
    const call = site.ec2.attachNetworkInterface({
      NetworkInterfaceId: await site.createInterface(),
      InstanceId: await site.createInstance('m5.large'),
      DeviceIndex: 1,
      NetworkCardIndex: 1,
    });

    await expectRefusal(call, 'InvalidParameterValue');
  });
};

const describeDetaching = ({ rule }: Ec2Rules): void => {
  rule('makes a detached ENI available and forgets the attachment', async (site) => {
    const eniId = await site.createInterface();
    const instanceId = await site.createInstance();
    const attachmentId = await site.attach(eniId, instanceId, 1);

    await site.ec2.detachNetworkInterface({ AttachmentId: attachmentId });
    await site.lab.settle();

    const eni = await site.find(eniId);
    expect(eni).toMatchObject({ Status: 'available' });
    expect(eni?.Attachment).toBeUndefined();
    expect(await attachmentsOn(site, instanceId)).toHaveLength(1);
    await expectRefusal(
      site.ec2.detachNetworkInterface({ AttachmentId: attachmentId }),
      'InvalidAttachmentID.NotFound',
    );
  });

  rule('refuses to detach what is being detached', async (site) => {
    const attachmentId = await site.attach(
      await site.createInterface(),
      await site.createInstance(),
      1,
    );
    const detach = () => site.ec2.detachNetworkInterface({ AttachmentId: attachmentId });
    await detach();

    await expectRefusal(detach(), 'IncorrectState');
  });

  // "You can't detach a primary network interface" ("Network interface attachments", EC2 User Guide).
  rule('refuses to detach the primary interface', async (site) => {
    const [primary] = await attachmentsOn(site, await site.createInstance());

    const call = site.ec2.detachNetworkInterface({
      AttachmentId: primary?.Attachment?.AttachmentId,
    });

    await expectRefusal(call, 'OperationNotPermitted', 'device index 0');
  });
};

const describeEnds = ({ rule }: Ec2Rules): void => {
  const setFlag = (site: Ec2Site, eniId: string, attachmentId: string, value: boolean) =>
    site.ec2.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: eniId,
      Attachment: { AttachmentId: attachmentId, DeleteOnTermination: value },
    });

  rule(
    'deletes an ENI with its instance when the flag says so, and frees it when not',
    async (site) => {
      const instanceId = await site.createInstance();
      const [leaving, staying] = [await site.createInterface(), await site.createInterface()];
      await setFlag(site, leaving, await site.attach(leaving, instanceId, 1), true);
      await site.attach(staying, instanceId, 2);

      await site.lab.terminateInstance(instanceId);

      expect(await site.find(leaving)).toBeUndefined();
      expect(await site.find(staying)).toMatchObject({ Status: 'available' });
    },
  );

  rule('takes the delete-on-termination flag back', async (site) => {
    const eniId = await site.createInterface();
    const attachmentId = await site.attach(eniId, await site.createInstance(), 1);

    await setFlag(site, eniId, attachmentId, true);
    const marked = await site.find(eniId);
    await setFlag(site, eniId, attachmentId, false);

    expect(marked).toMatchObject({ Attachment: { DeleteOnTermination: true } });
    expect(await site.find(eniId)).toMatchObject({ Attachment: { DeleteOnTermination: false } });
  });

  rule('sets the flag of no attachment but the current one', async (site) => {
    const eniId = await site.createInterface();

    const call = setFlag(site, eniId, 'eni-attach-00000000000000000', true);

    await expectRefusal(call, 'InvalidAttachmentID.NotFound');
  });

  rule('keeps attachments over a stop and a start', async (site) => {
    const instanceId = await site.createInstance();
    const eniId = await site.createInterface();
    await site.attach(eniId, instanceId, 3);

    await site.lab.stopInstance(instanceId);
    await site.lab.startInstance(instanceId);

    expect(await site.find(eniId)).toMatchObject({
      Attachment: { InstanceId: instanceId, DeviceIndex: 3, Status: 'attached' },
    });
  });

  rule(
    'shows a terminated instance without interfaces and without a private name',
    async (site) => {
      const instanceId = await site.createInstance();

      await site.lab.terminateInstance(instanceId);

      const { Reservations } = await site.ec2.describeInstances({
        Filters: [{ Name: 'instance-id', Values: [instanceId] }],
      });
      expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
        State: { Name: 'terminated' },
        PrivateDnsName: '',
        NetworkInterfaces: [],
      });
    },
  );
};

/** Interfaces and instances: attaching, places, detaching, and how instances end. */
export const describeAttachments = (rules: Ec2Rules): void => {
  describe('attaching', () => describeAttaching(rules));
  describe('places', () => describePlaces(rules));
  describe('detaching', () => describeDetaching(rules));
  describe('the end of an instance', () => describeEnds(rules));
};
