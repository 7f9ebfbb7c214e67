import { type AwsAnswer, type AwsRule, ec2Error } from '../aws-answers.ts';
import type { AwsUpstream } from '../aws-upstream.ts';

export type Attachment = {
  readonly attachmentId: string;
  readonly deviceIndex: string;
  readonly interfaceId: string;
};

type AskEc2 = AwsUpstream['askEc2'];

const attachmentPattern =
  /<attachmentId>([^<]+)<\/attachmentId>.*?<deviceIndex>(\d+)<\/deviceIndex>.*?<networkInterfaceId>([^<]+)</gs;

const attachmentsIn = (answer: AwsAnswer): readonly Attachment[] =>
  [...answer.body.matchAll(attachmentPattern)].map(
    ([, attachmentId = '', deviceIndex = '', interfaceId = '']) => ({
      attachmentId,
      deviceIndex,
      interfaceId,
    }),
  );

/** In: an instance. Out: all that is attached to it now, its primary interface included. */
export const attachmentsOf = async (
  askEc2: AskEc2,
  instanceId: string,
): Promise<readonly Attachment[]> =>
  attachmentsIn(
    await askEc2('DescribeNetworkInterfaces', {
      'Filter.1.Name': 'attachment.instance-id',
      'Filter.1.Value.1': instanceId,
    }),
  );

const isAttached = async (askEc2: AskEc2, interfaceId: string): Promise<boolean> =>
  attachmentsIn(await askEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': interfaceId }))
    .length > 0;

/**
 * EC2 refuses to attach at an index in use, to attach an interface twice, and to delete one that
 * is attached; the emulator does all three. The state is asked of the emulator rather than kept
 * here, so that it holds for whatever was made around the proxy as well.
 */
export const createAttachmentRule =
  (askEc2: AskEc2): AwsRule =>
  async (request, next) => {
    const interfaceId = request.params.get('NetworkInterfaceId') ?? '';
    if (request.action === 'DeleteNetworkInterface' && (await isAttached(askEc2, interfaceId))) {
      return ec2Error(
        'InvalidParameterValue',
        `Network interface '${interfaceId}' is currently in use.`,
      );
    }
    if (request.action !== 'AttachNetworkInterface') return next(request);
    if (await isAttached(askEc2, interfaceId)) {
      return ec2Error('InvalidNetworkInterface.InUse', `Interface: [${interfaceId}] in use.`);
    }
    const instanceId = request.params.get('InstanceId') ?? '';
    const index = request.params.get('DeviceIndex') ?? '';
    const attached = await attachmentsOf(askEc2, instanceId);
    if (!attached.some(({ deviceIndex }) => deviceIndex === index)) return next(request);
    return ec2Error(
      'InvalidParameterValue',
      `Instance '${instanceId}' already has an interface attached at device index '${index}'.`,
    );
  };
