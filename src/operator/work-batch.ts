import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { reportMalformed } from './malformed-message.ts';
import type { Telemetry } from './telemetry.ts';

interface Batch {
  readonly telemetry: Telemetry;
  /** Who a message is about; undefined when it belongs in no queue of this function. */
  readonly idOf: (body: string) => string | undefined;
  /** The error of an id whose message must come back; undefined for every other id. */
  readonly reconcile: (ids: readonly string[]) => Promise<ReadonlyMap<string, Error | undefined>>;
}

/**
 * Works off one batch of a FIFO queue: all ids at once, then one outcome for each message. What failed
 * is returned to its group with everything after it in that group, other groups go on ("Implementing
 * partial batch responses", AWS Lambda Developer Guide). A message nobody can read is acknowledged, or
 * it would hold up its group until it is dead-lettered.
 */
export const processWorkBatch = async (
  { telemetry, idOf, reconcile }: Batch,
  { event, context }: { readonly event: SQSEvent; readonly context: Context },
): Promise<SQSBatchResponse> => {
  const ids = [...new Set(event.Records.flatMap(({ body }) => idOf(body) ?? []))];
  telemetry.count('Reconciles', ids.length);
  const outcomes = ids.length === 0 ? new Map<string, undefined>() : await reconcile(ids);

  const settle = async ({ body, messageId }: SQSRecord): Promise<void> => {
    const id = idOf(body);
    if (id === undefined) {
      reportMalformed(telemetry, messageId);
      return;
    }
    const error = outcomes.has(id) ? outcomes.get(id) : new Error('no reconcile took place');
    if (error === undefined) return;
    telemetry.count('MessagesReturned');
    telemetry.logger.error('message returned to its group', { id, messageId, error });
    throw error;
  };

  return processPartialResponse(event, settle, new SqsFifoPartialProcessorAsync(), {
    context,
    skipGroupOnError: true,
    throwOnFullBatchFailure: false,
  });
};
