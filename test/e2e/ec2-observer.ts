import {
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { AwsCall, AwsCallLog } from '#test/support/servers/aws-call-log.ts';
import type { AwsProxy } from '#test/support/servers/aws-proxy.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';

/** A page size nobody else asks for: it tells a test's own reconciles from the product's calls. */
const ownPageSize = 987;

const isOwn = ({ params }: AwsCall): boolean => params.get('MaxResults') === String(ownPageSize);

/** The calls that came through the proxy, without those a test made to look at the result. */
export const productCalls = ({ calls }: AwsCallLog): readonly AwsCall[] =>
  calls.filter((call) => !isOwn(call));

export const isMutating = ({ service, action }: AwsCall): boolean =>
  service === 'ec2' && !action.startsWith('Describe');

/** How often each action was called: `{ AttachNetworkInterface: 50, … }`. */
export const countByAction = (calls: readonly AwsCall[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { action } of calls) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
};

/** An interface as a person would look at it. */
export type SeenInterface = {
  readonly eniId: string;
  readonly status: string;
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly instanceId: string | undefined;
  readonly attachmentId: string | undefined;
  readonly deviceIndex: number | undefined;
  readonly deleteOnTermination: boolean | undefined;
};

const seen = (eni: NetworkInterface): SeenInterface => ({
  eniId: eni.NetworkInterfaceId ?? '',
  status: eni.Status ?? '',
  subnetId: eni.SubnetId ?? '',
  groupIds: (eni.Groups ?? []).map(({ GroupId = '' }) => GroupId),
  tags: Object.fromEntries((eni.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  instanceId: eni.Attachment?.InstanceId,
  attachmentId: eni.Attachment?.AttachmentId,
  deviceIndex: eni.Attachment?.DeviceIndex,
  deleteOnTermination: eni.Attachment?.DeleteOnTermination,
});

/**
 * Lists every interface in EC2 but the primary ones, whoever made it: what is left over shows here.
 * In: the proxy, since the emulator alone shows no delete-on-termination flag.
 */
export const createEc2Observer = ({ url }: Pick<AwsProxy, 'url'>) => {
  const ec2 = new EC2Client(awsClientConfig(url));
  return async (): Promise<readonly SeenInterface[]> => {
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ MaxResults: ownPageSize }),
    );
    return NetworkInterfaces.filter(({ Attachment }) => Attachment?.DeviceIndex !== 0).map(seen);
  };
};
