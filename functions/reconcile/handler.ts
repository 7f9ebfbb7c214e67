import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { decodeWorkMessage } from '#core/events/work-message.ts';
import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Operator } from '#operator/operator.ts';
import { processWorkBatch } from '#operator/work-batch.ts';

const idOf = (body: string): string | undefined => {
  const key = decodeWorkMessage(body);
  return key?.kind === 'instance' ? key.instanceId : undefined;
};

/** Reconciles at the instances of one batch of the work queue. */
export const createHandler = ({
  telemetry,
  instances,
}: Pick<Operator, 'telemetry' | 'instances'>): LambdaHandler<SQSEvent, SQSBatchResponse> =>
  instrument(telemetry, (event, context) =>
    processWorkBatch(
      { telemetry, idOf, reconcile: (ids) => instances.reconcile(ids) },
      { event, context },
    ),
  );
