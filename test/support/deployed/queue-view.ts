import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { resourceOf, type Synthesis } from '#test/support/infra/synthesis.ts';

/** How many messages a queue has: those to be had, those somebody works on, and those that are not due. */
export type QueueCounts = {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
};

export type QueueView = {
  readonly name: string;
  readonly counts: () => Promise<QueueCounts>;
  /** Up to ten messages, which stay to be had; each reconcile counts as a receive. */
  readonly look: () => Promise<readonly Message[]>;
};

/** In: a queue by its name in the stack, such as `WorkDlq`. Out: what is in it. */
export const viewQueue = (
  { sqs, synthesis }: { readonly sqs: SQSClient; readonly synthesis: Synthesis },
  logicalName: string,
): QueueView => {
  const name = String(
    resourceOf(synthesis, 'aws:sqs/queue:Queue', `${logicalName}Queue`).inputs.name,
  );
  return {
    name,
    counts: async () => {
      const { Attributes: counted } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: name, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(counted?.ApproximateNumberOfMessages),
        inFlight: Number(counted?.ApproximateNumberOfMessagesNotVisible),
        delayed: Number(counted?.ApproximateNumberOfMessagesDelayed),
      };
    },
    look: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: name,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      return Messages;
    },
  };
};
