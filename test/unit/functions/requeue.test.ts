import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DelayedReconcile, encodeDelayedReconcile } from '#core/events/work-message.ts';
import { instanceKey, nodeEniKey } from '#core/ports/work-queue.ts';
import { createHandler } from '#functions/requeue/handler.ts';
import { createPowertoolsTelemetry } from '#operator/powertools-telemetry.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { type CapturedOutput, captureOutput } from './captured-output.ts';
import { lambdaContext, sqsBatch } from './invocation.ts';

const CAPTURED = readEvent('sqs-delay-batch') as SQSEvent;
const DUE = 1_794_432_615;

const FIRST: DelayedReconcile = { key: instanceKey('i-0a1b2c3d'), due: DUE };
const SECOND: DelayedReconcile = { key: nodeEniKey('multus-eni'), due: DUE };

let output: CapturedOutput;

beforeEach(() => {
  output = captureOutput();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const setUp = (refused?: DelayedReconcile) => {
  const forwarded: DelayedReconcile[] = [];
  const handler = createHandler({
    telemetry: createPowertoolsTelemetry({ clusterName: 'production' }),
    workQueue: {
      forward: async (batches) => {
        if (batches.some(({ key }) => JSON.stringify(key) === JSON.stringify(refused?.key)))
          throw new Error('SendMessageBatch: RequestThrottled');
        forwarded.push(...batches);
      },
    },
  });
  const deliver = (...bodies: string[]) =>
    handler(
      sqsBatch(
        CAPTURED,
        bodies.map((body) => ['', body] as const),
      ),
      lambdaContext,
    );
  return { handler, forwarded, deliver };
};

describe('requeue', () => {
  it('forwards a batch as SQS delivers it', async () => {
    const { handler, forwarded } = setUp();

    const response = await handler(CAPTURED, lambdaContext);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(forwarded).toEqual([{ key: instanceKey('i-0a1b2c3d4e5f60001'), due: DUE }]);
    expect(output.counted('ReconcilesForwarded')).toBe(1);
  });

  it('returns only the reconcile that could not be forwarded', async () => {
    const { forwarded, deliver } = setUp(FIRST);

    const response = await deliver(encodeDelayedReconcile(FIRST), encodeDelayedReconcile(SECOND));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(forwarded).toEqual([SECOND]);
    expect(output.counted('MessagesReturned')).toBe(1);
    expect(output.text()).toContain('RequestThrottled');
  });

  it('returns every reconcile when none could be forwarded, without failing the invocation', async () => {
    const { deliver } = setUp(FIRST);

    const response = await deliver(encodeDelayedReconcile(FIRST));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(output.counted('InvocationsFailed')).toBe(0);
  });

  it.each(['', 'text', '{}', JSON.stringify(FIRST.key), '{"key":{"kind":"pod"},"due":1}'])(
    'acknowledges %j, so that it does not come back',
    async (body) => {
      const { forwarded, deliver } = setUp();

      const response = await deliver(body, encodeDelayedReconcile(SECOND));

      expect(response).toEqual({ batchItemFailures: [] });
      expect(forwarded).toEqual([SECOND]);
      expect(output.counted('MessagesMalformed')).toBe(1);
    },
  );
});
