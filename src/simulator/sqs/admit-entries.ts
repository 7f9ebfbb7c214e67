import { createHash } from 'node:crypto';
import type { BatchResultErrorEntry, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { currentLineage, traceHeaderOf } from '#simulator/lambda/lineage.ts';
import { batchRefusal, entryRefusal, sqsException } from './send-rules.ts';

interface Admission {
  /** The entries that SQS takes, as it keeps them. */
  readonly taken: readonly SendMessageBatchRequestEntry[];
  /** What it answers for those that it refuses. */
  readonly failed: readonly BatchResultErrorEntry[];
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** With the deduplication id of its content where it has none of its own, and with the lineage of its sender. */
const completed = (entry: SendMessageBatchRequestEntry): SendMessageBatchRequestEntry => {
  const lineage = currentLineage();
  return {
    ...entry,
    MessageDeduplicationId: entry.MessageDeduplicationId ?? sha256Of(entry.MessageBody ?? ''),
    ...(lineage > 0 && {
      MessageSystemAttributes: {
        AWSTraceHeader: { DataType: 'String', StringValue: traceHeaderOf(lineage) },
      },
    }),
  };
};

/** Judges a batch by the rules of SQS. Throws an SQSServiceException where it is refused whole. */
export const admitEntries = (
  entries: readonly SendMessageBatchRequestEntry[],
  queue: { readonly isFifo: boolean; readonly hasContentDeduplication?: boolean },
): Admission => {
  const refusal = batchRefusal(entries);
  if (refusal !== undefined) throw sqsException(refusal);
  const { isFifo, hasContentDeduplication = false } = queue;
  const taken: SendMessageBatchRequestEntry[] = [];
  const failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    const refused = entryRefusal(entry, { isFifo, hasContentDeduplication });
    if (refused === undefined) taken.push(completed(entry));
    else {
      const { code, message } = refused;
      failed.push({ Id: entry.Id, SenderFault: true, Code: code, Message: message });
    }
  }
  return { taken, failed };
};
