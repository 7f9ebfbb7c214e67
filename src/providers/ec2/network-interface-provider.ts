import type { Filter } from '@aws-sdk/client-ec2';
import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { RequestBudget } from '#core/ec2/request-budget.ts';
import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { describeAll, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { toNetworkInterface } from './mapping.ts';
import { withinBudget } from './within-budget.ts';

const PAGE_SIZE = 1000;
/** No event tells of what the Go controller does, and none of its ENIs may be doubled: reconciles of one moment share the answer. */
const PEER_SECONDS = 5;
const PEERS = 'peers';
/** Name and uid of the cluster. */
const OUR_FILTER_VALUES = 2;

interface Dependencies {
  readonly ec2: Ec2Api;
  readonly clock: Clock;
  readonly clusterName: string;
  readonly clusterUid: () => Promise<string>;
  readonly budget: RequestBudget;
}

const toTags = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The cluster's ENIs in EC2's words. Reads go by filters, changes ask the request budget first. */
export const createNetworkInterfaceProvider = (
  dependencies: Dependencies,
): NetworkInterfaceProvider => {
  const { ec2, clock, clusterName, clusterUid, budget } = dependencies;

  const describe = (Filters: Filter[]): Promise<NetworkInterface[]> =>
    describeAll('DescribeNetworkInterfaces', async (page) => {
      const { NetworkInterfaces = [], NextToken: nextToken } = await ec2.describeNetworkInterfaces({
        Filters,
        MaxResults: PAGE_SIZE,
        ...page,
      });
      return { items: NetworkInterfaces.map(toNetworkInterface), nextToken };
    });

  const oursAnd = async (...filters: Filter[]): Promise<NetworkInterface[]> =>
    describe([
      { Name: `tag:${TAGS.cluster}`, Values: [clusterName] },
      { Name: `tag:${TAGS.clusterUid}`, Values: [await clusterUid()] },
      ...filters,
    ]);

  const change = withinBudget(budget);

  const readPeers = createLookUpCache<NetworkInterface>({
    clock,
    timeToLiveSeconds: PEER_SECONDS,
    absentTimeToLiveSeconds: PEER_SECONDS,
    read: async () => {
      const found = await describe([
        { Name: `tag:${PEER_TAGS.managedBy}`, Values: [PEER_TAGS.managedByValue] },
      ]);
      return new Map([[PEERS, found.filter(({ tags }) => tags[TAGS.cluster] === undefined)]]);
    },
  });

  return {
    listForInstances: (instanceIds) =>
      inFilterChunks(
        instanceIds,
        (Values) => oursAnd({ Name: `tag:${TAGS.instance}`, Values }),
        OUR_FILTER_VALUES,
      ),

    listForNodeEni: (uid) => oursAnd({ Name: `tag:${TAGS.uid}`, Values: [uid] }),

    list: () => oursAnd(),

    get: (eniIds) =>
      inFilterChunks(eniIds, (Values) => describe([{ Name: 'network-interface-id', Values }])),

    listPeer: () => readPeers([PEERS]),

    create: (parameters) =>
      change('CreateNetworkInterface', async () => {
        const { NetworkInterface: made } = await ec2.createNetworkInterface({
          ClientToken: parameters.clientToken,
          SubnetId: parameters.subnetId,
          Description: parameters.description,
          ...(parameters.groupIds.length > 0 && { Groups: [...parameters.groupIds] }),
          ...(parameters.secondaryPrivateIpAddressCount !== undefined && {
            SecondaryPrivateIpAddressCount: parameters.secondaryPrivateIpAddressCount,
          }),
          ...(parameters.ipv6AddressCount !== undefined && {
            Ipv6AddressCount: parameters.ipv6AddressCount,
          }),
          TagSpecifications: [{ ResourceType: 'network-interface', Tags: toTags(parameters.tags) }],
        });
        if (made?.NetworkInterfaceId === undefined)
          throw new CallError('Unknown', 'NoAnswer', 'CreateNetworkInterface: EC2 named no ENI');
        const eni = toNetworkInterface(made);
        // The answer of a replay may be as old as its first call; the tags are those of the parameters anyway.
        return { ...eni, tags: { ...parameters.tags, ...eni.tags } };
      }),

    attach: ({ eniId, instanceId, deviceIndex, networkCardIndex }) =>
      change('AttachNetworkInterface', async () => {
        const { AttachmentId } = await ec2.attachNetworkInterface({
          NetworkInterfaceId: eniId,
          InstanceId: instanceId,
          DeviceIndex: deviceIndex,
          // Named even when it is 0: without it EC2 looked at the indexes of all cards (cilium/cilium#42512).
          NetworkCardIndex: networkCardIndex,
        });
        if (AttachmentId === undefined)
          throw new CallError(
            'Unknown',
            'NoAnswer',
            'AttachNetworkInterface: EC2 named no attachment',
          );
        return AttachmentId;
      }),

    setDeleteOnTermination: (eniId, attachmentId, value) =>
      change('ModifyNetworkInterfaceAttribute', async () => {
        await ec2.modifyNetworkInterfaceAttribute({
          NetworkInterfaceId: eniId,
          Attachment: { AttachmentId: attachmentId, DeleteOnTermination: value },
        });
      }),

    setGroups: (eniId, groupIds) =>
      change('ModifyNetworkInterfaceAttribute', async () => {
        await ec2.modifyNetworkInterfaceAttribute({
          NetworkInterfaceId: eniId,
          Groups: [...groupIds],
        });
      }),

    setDescription: (eniId, description) =>
      change('ModifyNetworkInterfaceAttribute', async () => {
        await ec2.modifyNetworkInterfaceAttribute({
          NetworkInterfaceId: eniId,
          Description: { Value: description },
        });
      }),

    setSourceDestCheck: (eniId, value) =>
      change('ModifyNetworkInterfaceAttribute', async () => {
        await ec2.modifyNetworkInterfaceAttribute({
          NetworkInterfaceId: eniId,
          SourceDestCheck: { Value: value },
        });
      }),

    async assignAddresses(eniId, { secondaryPrivateIpAddressCount, ipv6AddressCount }) {
      if (secondaryPrivateIpAddressCount !== undefined)
        await change('AssignPrivateIpAddresses', () =>
          ec2.assignPrivateIpAddresses({
            NetworkInterfaceId: eniId,
            SecondaryPrivateIpAddressCount: secondaryPrivateIpAddressCount,
          }),
        );
      if (ipv6AddressCount !== undefined)
        await change('AssignIpv6Addresses', () =>
          ec2.assignIpv6Addresses({
            NetworkInterfaceId: eniId,
            Ipv6AddressCount: ipv6AddressCount,
          }),
        );
    },

    setTags: (eniId, tags) =>
      change('CreateTags', async () => {
        await ec2.createTags({ Resources: [eniId], Tags: toTags(tags) });
      }),

    removeTags: (eniId, keys) =>
      change('DeleteTags', async () => {
        await ec2.deleteTags({ Resources: [eniId], Tags: keys.map((Key) => ({ Key })) });
      }),

    // With a value a tag goes only when it has that value ("DeleteTags", EC2 API Reference).
    giveUp: (eniId, tags) =>
      change('DeleteTags', async () => {
        await ec2.deleteTags({ Resources: [eniId], Tags: toTags(tags) });
      }),

    detach: (attachmentId) =>
      change('DetachNetworkInterface', async () => {
        await ec2.detachNetworkInterface({ AttachmentId: attachmentId });
      }),

    delete: (eniId) =>
      change('DeleteNetworkInterface', async () => {
        await ec2.deleteNetworkInterface({ NetworkInterfaceId: eniId });
      }),
  };
};
