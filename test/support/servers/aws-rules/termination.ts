import type { AwsAnswer, AwsRule } from '../aws-answers.ts';
import { listParam } from '../aws-query.ts';
import type { AwsUpstream } from '../aws-upstream.ts';
import { type Attachment, attachmentsOf } from './attachments.ts';

const flagPattern =
  /(<attachmentId>([^<]+)<\/attachmentId><deleteOnTermination>)false(<\/deleteOnTermination>)/g;

/**
 * What happens to interfaces when their instance ends. EC2 deletes those marked to be deleted on
 * termination and sets the others free. The emulator ignores the mark and leaves them all in use,
 * so a controller could never clean up. This rule remembers the mark, shows it, and acts by it.
 */
export const createTerminationRule = (askEc2: AwsUpstream['askEc2']): AwsRule => {
  const deletedWithInstance = new Set<string>();

  const setMark = (attachmentId: string, mark: string | undefined): void => {
    if (mark === 'true') deletedWithInstance.add(attachmentId);
    if (mark === 'false') deletedWithInstance.delete(attachmentId);
  };

  const withMarks = (answer: AwsAnswer): AwsAnswer => ({
    ...answer,
    body: answer.body.replace(
      flagPattern,
      (whole: string, before: string, attachmentId: string, after: string) =>
        deletedWithInstance.has(attachmentId) ? `${before}true${after}` : whole,
    ),
  });

  const release = async ({ attachmentId, deviceIndex, interfaceId }: Attachment): Promise<void> => {
    const isPrimary = deviceIndex === '0';
    // The emulator refuses to detach an instance's last interface but deletes it where it is.
    if (!isPrimary) await askEc2('DetachNetworkInterface', { AttachmentId: attachmentId });
    if (isPrimary || deletedWithInstance.has(attachmentId)) {
      await askEc2('DeleteNetworkInterface', { NetworkInterfaceId: interfaceId });
    }
  };

  const releaseAll = async (instanceId: string): Promise<void> => {
    for (const attachment of await attachmentsOf(askEc2, instanceId)) await release(attachment);
  };

  return async (request, next) => {
    const answer = await next(request);
    if (answer.status !== 200) return answer;
    if (request.action === 'ModifyNetworkInterfaceAttribute') {
      const attachmentId = request.params.get('Attachment.AttachmentId') ?? '';
      setMark(attachmentId, request.params.get('Attachment.DeleteOnTermination'));
    }
    if (request.action === 'TerminateInstances') {
      for (const instanceId of listParam(request, 'InstanceId')) await releaseAll(instanceId);
    }
    return request.action.startsWith('Describe') ? withMarks(answer) : answer;
  };
};
