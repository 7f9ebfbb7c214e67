import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { decodeWorkMessage } from '#core/events/work-message.ts';
import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Operator } from '#operator/operator.ts';
import { processWorkBatch } from '#operator/work-batch.ts';

const nameOf = (body: string): string | undefined => {
  const key = decodeWorkMessage(body);
  return key?.kind === 'node-eni' ? key.name : undefined;
};

/** Rolls up the NodeENIs of one batch of the roll-up queue. */
export const createHandler = ({
  telemetry,
  nodeEnis,
}: Pick<Operator, 'telemetry' | 'nodeEnis'>): LambdaHandler<SQSEvent, SQSBatchResponse> =>
  instrument(telemetry, (event, context) =>
    processWorkBatch(
      { telemetry, idOf: nameOf, reconcile: (ids) => nodeEnis.reconcile(ids) },
      { event, context },
    ),
  );
