import type {
  DeleteTagsCommandInput,
  Filter,
  ModifyNetworkInterfaceAttributeCommandInput,
} from '@aws-sdk/client-ec2';
import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { RequestBudget } from '#core/ec2/request-budget.ts';
import { CallError } from '#core/errors.ts';
import type { Cause } from '#core/ports/cause.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { TelemetryLogger } from '#core/ports/telemetry.ts';
import { type Change, loggedChanges } from '../logged-change.ts';
import { createLookUpCache } from '../look-up-cache.ts';
import { toCreationInput } from './creation-input.ts';
import { describeAll, describePage, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';
import { toNetworkInterface, toTags } from './mapping.ts';
import { withinBudget } from './within-budget.ts';

const OPERATION = 'DescribeNetworkInterfaces';
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
  readonly logger: TelemetryLogger;
}

/** The cluster's ENIs in EC2's words. Reads go by filters, changes ask the request budget first. */
export const createNetworkInterfaceProvider = (
  dependencies: Dependencies,
): NetworkInterfaceProvider => {
  const { ec2, clock, clusterName, clusterUid, budget, logger } = dependencies;

  const pageBy = (Filters: Filter[]) => async (page: { readonly NextToken?: string }) => {
    const { NetworkInterfaces = [], NextToken: nextToken } = await ec2.describeNetworkInterfaces({
      Filters,
      MaxResults: PAGE_SIZE,
      ...page,
    });
    return { items: NetworkInterfaces.map(toNetworkInterface), nextToken };
  };

  const describe = (Filters: Filter[]): Promise<NetworkInterface[]> =>
    describeAll(OPERATION, pageBy(Filters));

  const ofCluster = async (): Promise<Filter[]> => [
    { Name: `tag:${TAGS.cluster}`, Values: [clusterName] },
    { Name: `tag:${TAGS.clusterUid}`, Values: [await clusterUid()] },
  ];

  const oursAnd = async (...filters: Filter[]): Promise<NetworkInterface[]> =>
    describe([...(await ofCluster()), ...filters]);

  const within = withinBudget(budget);
  const logged = loggedChanges(logger, classifyEc2Error);

  /** One changing call: within the budget, and with a line in the log once it was made. */
  const change = <Answer>(one: Change<Answer>): Promise<Answer> =>
    within(one.call, () => logged(one));

  const modify = async (
    eniId: string,
    cause: Cause,
    attributes: Omit<ModifyNetworkInterfaceAttributeCommandInput, 'NetworkInterfaceId'>,
  ): Promise<void> => {
    await change({
      call: 'ModifyNetworkInterfaceAttribute',
      cause: { eniId, ...cause },
      send: () => ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId: eniId, ...attributes }),
    });
  };

  const removeTags = async (
    eniId: string,
    Tags: NonNullable<DeleteTagsCommandInput['Tags']>,
    cause: Cause,
  ): Promise<void> => {
    await change({
      call: 'DeleteTags',
      cause: { eniId, ...cause },
      send: () => ec2.deleteTags({ Resources: [eniId], Tags }),
      facts: () => ({ tags: Tags.map(({ Key }) => Key) }),
    });
  };

  const assignIpv4 = (eniId: string, count: object, cause: Cause) =>
    change({
      call: 'AssignPrivateIpAddresses',
      cause: { eniId, ...cause },
      send: () => ec2.assignPrivateIpAddresses({ NetworkInterfaceId: eniId, ...count }),
      facts: () => ({ ...count }),
    });

  const assignIpv6 = (eniId: string, count: object, cause: Cause) =>
    change({
      call: 'AssignIpv6Addresses',
      cause: { eniId, ...cause },
      send: () => ec2.assignIpv6Addresses({ NetworkInterfaceId: eniId, ...count }),
      facts: () => ({ ...count }),
    });

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

    page: async (next) => describePage(OPERATION, pageBy(await ofCluster()), next),

    get: (eniIds) =>
      inFilterChunks(eniIds, (Values) => describe([{ Name: 'network-interface-id', Values }])),

    listPeer: () => readPeers([PEERS]),

    async create(parameters, cause) {
      const { NetworkInterface: made } = await change({
        call: 'CreateNetworkInterface',
        cause,
        send: () => ec2.createNetworkInterface(toCreationInput(parameters)),
        facts: (answer) => ({
          eniId: answer.NetworkInterface?.NetworkInterfaceId,
          subnetId: parameters.subnetId,
        }),
      });
      if (made?.NetworkInterfaceId === undefined)
        throw new CallError('Unknown', 'NoAnswer', 'CreateNetworkInterface: EC2 named no ENI');
      const eni = toNetworkInterface(made);
      // The answer of a replay may be as old as its first call; the tags are those of the parameters anyway.
      return { ...eni, tags: { ...parameters.tags, ...eni.tags } };
    },

    async attach({ eniId, instanceId, deviceIndex, networkCardIndex }, cause) {
      const { AttachmentId } = await change({
        call: 'AttachNetworkInterface',
        cause: { eniId, instanceId, ...cause },
        send: () =>
          ec2.attachNetworkInterface({
            NetworkInterfaceId: eniId,
            InstanceId: instanceId,
            DeviceIndex: deviceIndex,
            // Named even when it is 0: without it EC2 looked at the indexes of all cards (cilium/cilium#42512).
            NetworkCardIndex: networkCardIndex,
          }),
        facts: (answer) => ({ deviceIndex, networkCardIndex, attachmentId: answer.AttachmentId }),
      });
      if (AttachmentId === undefined)
        throw new CallError(
          'Unknown',
          'NoAnswer',
          'AttachNetworkInterface: EC2 named no attachment',
        );
      return AttachmentId;
    },

    setDeleteOnTermination: ({ eniId, attachmentId, value }, cause) =>
      modify(eniId, cause, {
        Attachment: { AttachmentId: attachmentId, DeleteOnTermination: value },
      }),

    setGroups: (eniId, groupIds, cause) => modify(eniId, cause, { Groups: [...groupIds] }),

    setDescription: (eniId, description, cause) =>
      modify(eniId, cause, { Description: { Value: description } }),

    setSourceDestCheck: (eniId, value, cause) =>
      modify(eniId, cause, { SourceDestCheck: { Value: value } }),

    async assignAddresses(eniId, counts, cause) {
      const { secondaryPrivateIpAddressCount, ipv4PrefixCount } = counts;
      const { ipv6AddressCount, ipv6PrefixCount } = counts;
      if (secondaryPrivateIpAddressCount !== undefined)
        await assignIpv4(
          eniId,
          { SecondaryPrivateIpAddressCount: secondaryPrivateIpAddressCount },
          cause,
        );
      if (ipv4PrefixCount !== undefined)
        await assignIpv4(eniId, { Ipv4PrefixCount: ipv4PrefixCount }, cause);
      if (ipv6AddressCount !== undefined)
        await assignIpv6(eniId, { Ipv6AddressCount: ipv6AddressCount }, cause);
      if (ipv6PrefixCount !== undefined)
        await assignIpv6(eniId, { Ipv6PrefixCount: ipv6PrefixCount }, cause);
    },

    async setTags(eniId, tags, cause) {
      await change({
        call: 'CreateTags',
        cause: { eniId, ...cause },
        send: () => ec2.createTags({ Resources: [eniId], Tags: toTags(tags) }),
        facts: () => ({ tags: Object.keys(tags) }),
      });
    },

    removeTags: (eniId, keys, cause) =>
      removeTags(
        eniId,
        keys.map((Key) => ({ Key })),
        cause,
      ),

    // With a value a tag goes only when it has that value ("DeleteTags", EC2 API Reference).
    giveUp: (eniId, tags, cause) => removeTags(eniId, toTags(tags), cause),

    async detach(attachmentId, cause) {
      await change({
        call: 'DetachNetworkInterface',
        cause,
        send: () => ec2.detachNetworkInterface({ AttachmentId: attachmentId }),
        facts: () => ({ attachmentId }),
      });
    },

    async delete(eniId, cause) {
      await change({
        call: 'DeleteNetworkInterface',
        cause: { eniId, ...cause },
        send: () => ec2.deleteNetworkInterface({ NetworkInterfaceId: eniId }),
      });
    },
  };
};
