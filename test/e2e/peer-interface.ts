import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { NO_MANAGE_TAG, PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import type { FleetNode } from '#test/support/servers/fleet-nodes.ts';
import type { Scene } from './scene.ts';

/**
 * Makes one interface as the Go controller leaves it: its tags, attached, to end with the instance. Out: the row of
 * `status.attachments` by which that controller names it.
 */
export const makePeerInterface = async (
  { fleet, ec2 }: Scene,
  node: FleetNode,
  nodeEni = 'data',
  deviceIndex = 2,
) => {
  const tags = {
    Name: `nodeeni-${nodeEni}-${node.name}-${node.subnetId.slice(-8)}`,
    [PEER_TAGS.nodeEni]: nodeEni,
    [PEER_TAGS.node]: node.name,
    [PEER_TAGS.subnet]: node.subnetId,
    [PEER_TAGS.managedBy]: PEER_TAGS.managedByValue,
    [NO_MANAGE_TAG]: 'true',
  };
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: node.subnetId,
      Groups: [fleet.groups.at(-1)?.id ?? ''],
      Description: `Secondary ENI for ${node.name}`,
      TagSpecifications: [
        {
          ResourceType: 'network-interface',
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        },
      ],
    }),
  );
  const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
  const { instanceId: InstanceId } = node;
  const { AttachmentId } = await ec2.send(
    new AttachNetworkInterfaceCommand({
      InstanceId,
      NetworkInterfaceId,
      DeviceIndex: deviceIndex,
    }),
  );
  const Attachment = { AttachmentId, DeleteOnTermination: true };
  await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Attachment }));
  return {
    nodeID: node.name,
    instanceID: node.instanceId,
    eniID: NetworkInterfaceId,
    attachmentID: AttachmentId,
    subnetID: node.subnetId,
    deviceIndex,
    status: 'attached',
    lastUpdated: '2025-07-03T12:00:00Z',
  };
};
