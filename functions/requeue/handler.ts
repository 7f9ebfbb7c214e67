import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { decodeDelayedReconcile } from '#core/events/work-message.ts';
import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import { reportMalformed } from '#operator/malformed-message.ts';
import type { Forwarder } from '#operator/operator.ts';

/** Moves reconciles that have become due from the delay queue to the FIFO queue of their subject. */
export const createHandler = ({
  telemetry,
  workQueue,
}: Forwarder): LambdaHandler<SQSEvent, SQSBatchResponse> => {
  const forward = async ({ body, messageId }: SQSRecord): Promise<void> => {
    const reconcile = decodeDelayedReconcile(body);
    if (reconcile === undefined) {
      reportMalformed(telemetry, messageId);
      return;
    }
    await workQueue.forward([reconcile]);
    telemetry.count('ReconcilesForwarded');
  };

  return instrument(telemetry, async (event, context) => {
    const processor = new BatchProcessor(EventType.SQS);
    const options = { context, throwOnFullBatchFailure: false };
    const response = await processPartialResponse(event, forward, processor, options);
    telemetry.count('MessagesReturned', response.batchItemFailures.length);
    for (const error of processor.errors)
      telemetry.logger.error('reconcile not forwarded', { error });
    return response;
  });
};
