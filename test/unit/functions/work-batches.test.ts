import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeWorkMessage } from '#core/events/work-message.ts';
import { instanceKey, nodeEniKey, type WorkKey } from '#core/ports/work-queue.ts';
import { createHandler as createReconcileHandler } from '#functions/reconcile/handler.ts';
import { createHandler as createRollUpHandler } from '#functions/roll-up/handler.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { type CapturedOutput, captureOutput } from './captured-output.ts';
import { lambdaContext, sqsBatch } from './invocation.ts';
import { createRecordingOperator } from './recording-operator.ts';

const CAPTURED = readEvent('sqs-work-batch') as SQSEvent;

let output: CapturedOutput;

beforeEach(() => {
  output = captureOutput();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  [
    'reconcile',
    createReconcileHandler,
    instanceKey,
    nodeEniKey,
    ['i-0a1b2c3d', 'i-0a1b2c3e', 'i-0a1b2c3f'],
  ],
  ['roll-up', createRollUpHandler, nodeEniKey, instanceKey, ['multus-a', 'multus-b', 'multus-c']],
] as const)('%s', (_name, createHandler, keyOf, foreignKeyOf, [a, b, c]) => {
  const message = (id: string, key: WorkKey = keyOf(id)): readonly [string, string] => [
    `group-of-${id}`,
    encodeWorkMessage(key),
  ];

  const deliver = (
    behaviour: Parameters<typeof createRecordingOperator>[0],
    ...messages: readonly (readonly [string, string])[]
  ) => {
    const { operator, batches } = createRecordingOperator(behaviour);
    const handler = createHandler(operator);
    return { batches, response: handler(sqsBatch(CAPTURED, messages), lambdaContext) };
  };

  it('reconciles the whole batch at once, at each id one time', async () => {
    const { batches, response } = deliver({}, message(a), message(b), message(a));

    expect(await response).toEqual({ batchItemFailures: [] });
    expect(batches).toEqual([[a, b]]);
    expect(output.counted('Reconciles', { cluster: 'production' })).toBe(2);
  });

  it('returns what failed with the rest of its group, and no message of another group', async () => {
    const { response } = deliver({ failing: [b] }, message(a), message(b), message(c), message(b));

    expect(await response).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-2' }, { itemIdentifier: 'message-4' }],
    });
    expect(output.counted('MessagesReturned')).toBe(1);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        id: b,
        error: expect.objectContaining({ message: 'queue is gone' }),
      }),
    );
  });

  it('returns every message when everything failed, without failing the invocation', async () => {
    const { response } = deliver({ failing: [a, b] }, message(a), message(b));

    expect(await response).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }],
    });
    expect(output.counted('InvocationsFailed')).toBe(0);
  });

  it('returns a message about which no outcome was told', async () => {
    const { response } = deliver({ forgotten: [b] }, message(a), message(b));

    expect(await response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
  });

  it.each([
    ['text', 'not JSON'],
    ['another object', '{"hello":"world"}'],
    ['nothing', ''],
    ['a key of the other queue', encodeWorkMessage(foreignKeyOf('i-0a1b2c3d'))],
    ['an EventBridge event', JSON.stringify(readEvent('ec2-running'))],
  ])('acknowledges %s, so that it does not come back', async (_what, body) => {
    const { batches, response } = deliver({}, ['manual', body], message(a));

    expect(await response).toEqual({ batchItemFailures: [] });
    expect(batches).toEqual([[a]]);
    expect(output.counted('MessagesMalformed')).toBe(1);
    expect(output.text()).toContain('"messageId":"message-1"');
  });

  it('asks for no reconcile when no message can be read', async () => {
    const { batches, response } = deliver({}, ['manual', '{}']);

    expect(await response).toEqual({ batchItemFailures: [] });
    expect(batches).toEqual([]);
  });

  it('keeps the outcomes of two batches at the same time apart', async () => {
    const { operator } = createRecordingOperator({ failing: [b] });
    const handler = createHandler(operator);

    const responses = await Promise.all(
      [a, b, c].map((id) => handler(sqsBatch(CAPTURED, [message(id)]), lambdaContext)),
    );

    expect(responses.map(({ batchItemFailures }) => batchItemFailures.length)).toEqual([0, 1, 0]);
  });
});

describe('reconcile', () => {
  it('works off a batch as SQS delivers it', async () => {
    const { operator, batches } = createRecordingOperator({ failing: ['i-0a1b2c3d4e5f60001'] });
    const [first, , third] = CAPTURED.Records;

    const response = await createReconcileHandler(operator)(CAPTURED, lambdaContext);

    expect(batches).toEqual([['i-0a1b2c3d4e5f60001', 'i-0a1b2c3d4e5f60002']]);
    expect(response).toEqual({
      batchItemFailures: [first, third].map((failed) => ({ itemIdentifier: failed?.messageId })),
    });
  });

  it('fails as a whole when the worker does, so that nothing is acknowledged', async () => {
    const { operator } = createRecordingOperator();
    const broken = {
      ...operator,
      instances: { reconcile: () => Promise.reject(new Error('out of memory')) },
    };

    const invocation = createReconcileHandler(broken)(CAPTURED, lambdaContext);

    await expect(invocation).rejects.toThrow('out of memory');
    expect(output.counted('InvocationsFailed')).toBe(1);
  });
});
