import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { decodeWorkMessage } from '#core/events/work-message.ts';
import { rollUpIdOf } from '#core/ports/work-queue.ts';
import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Operator } from '#operator/operator.ts';
import { processWorkBatch } from '#operator/work-batch.ts';

const idOf = (body: string): string | undefined => {
  const key = decodeWorkMessage(body);
  return key && rollUpIdOf(key);
};

/** Rolls up the NodeENIs of one batch of the roll-up queue, and finds those that a changed namespace concerns. */
export const createHandler = ({
  telemetry,
  nodeEnis,
}: Pick<Operator, 'telemetry' | 'nodeEnis'>): LambdaHandler<SQSEvent, SQSBatchResponse> =>
  instrument(telemetry, (event, context) =>
    processWorkBatch(
      { telemetry, idOf, reconcile: (ids) => nodeEnis.reconcile(ids) },
      { event, context },
    ),
  );
