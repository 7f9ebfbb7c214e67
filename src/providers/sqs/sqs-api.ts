import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/**
 * Every SQS call this product makes; receiving and deleting are Lambda's event source mapping.
 */
export interface SqsApi {
  sendMessageBatch(input: SendMessageBatchCommandInput): Promise<SendMessageBatchCommandOutput>;
}

/** The calls over the wire. */
export const createSqsApi = (client: SQSClient): SqsApi => ({
  sendMessageBatch: (input) => client.send(new SendMessageBatchCommand(input)),
});
