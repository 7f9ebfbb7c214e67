import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler as createAsgHandler } from '#functions/on-asg-lifecycle/handler.ts';
import { createHandler as createCommandHandler } from '#functions/on-command-result/handler.ts';
import { createHandler as createEc2Handler } from '#functions/on-ec2-state-change/handler.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { type CapturedOutput, captureOutput } from './captured-output.ts';
import { lambdaContext } from './invocation.ts';
import { createRecordingOperator } from './recording-operator.ts';

let output: CapturedOutput;

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
  output = captureOutput();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.each([
  ['on-asg-lifecycle', createAsgHandler, 'asg-warm-pool-exit', 'i-0a1b2c3d4e5f60003'],
  ['on-ec2-state-change', createEc2Handler, 'ec2-terminated', 'i-0a1b2c3d4e5f60005'],
  ['on-command-result', createCommandHandler, 'ssm-command-invocation', 'i-0a1b2c3d4e5f60007'],
] as const)('%s', (_name, createHandler, eventName, instanceId) => {
  it('passes on the instance of an event and writes what it did with the request id', async () => {
    const { operator, hinted } = createRecordingOperator();

    await createHandler(operator)(readEvent(eventName), lambdaContext);

    expect(hinted).toEqual([{ kind: 'instance', instanceId }]);
    expect(output.counted('HintsSent', { cluster: 'production' })).toBe(1);
    expect(output.counted('ColdStart', { cluster: 'production' })).toBe(1);
    // A metric of each function would be paid for one by one.
    expect(output.lines().find((line) => 'ColdStart' in line)).not.toHaveProperty('function_name');
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        message: 'asking for a reconcile',
        function_request_id: lambdaContext.awsRequestId,
        keys: [{ kind: 'instance', instanceId }],
      }),
    );
  });

  it.each([
    ['asg-sqs-test-notification', 'test'],
    ['ec2-rebalance-recommendation', 'unknown'],
    ['ec2-pending', 'irrelevant'],
    ['sqs-work-batch', 'malformed'],
  ])('acknowledges and counts %s as %s', async (ignoredName, reason) => {
    const { operator } = createRecordingOperator({
      onHint: () => Promise.reject(new Error('called without a key')),
    });

    await createHandler(operator)(readEvent(ignoredName), lambdaContext);

    expect(output.counted('EventsIgnored', { reason })).toBeGreaterThan(0);
    expect(output.counted('InvocationsFailed')).toBe(0);
  });

  it.each([{ event: null }, { event: [] }, { event: 'text' }, { event: 7 }])(
    'acknowledges $event, which is no event',
    async ({ event }) => {
      const { operator } = createRecordingOperator();

      await createHandler(operator)(event, lambdaContext);

      expect(output.counted('EventsIgnored', { reason: 'malformed' })).toBe(1);
    },
  );

  it('passes on the good events of a batch whatever the others are', async () => {
    const { operator, hinted } = createRecordingOperator();
    const bodies = [
      '{"cut',
      JSON.stringify(readEvent(eventName)),
      JSON.stringify(readEvent('asg-sqs-launch')),
    ];

    await createHandler(operator)({ Records: bodies.map((body) => ({ body })) }, lambdaContext);

    expect(hinted).toEqual([
      { kind: 'instance', instanceId },
      { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60004' },
    ]);
    expect(output.counted('HintsSent')).toBe(2);
  });

  it('fails when the queue refuses, so that the event is delivered again', async () => {
    const { operator } = createRecordingOperator({
      onHint: () => Promise.reject(new Error('SendMessageBatch: QueueDoesNotExist')),
    });

    const invocation = createHandler(operator)(readEvent(eventName), lambdaContext);

    await expect(invocation).rejects.toThrow('QueueDoesNotExist');
    expect(output.counted('InvocationsFailed')).toBe(1);
    expect(output.counted('HintsSent')).toBe(0);
  });

  it('never writes the event, even when the environment asks for it', async () => {
    vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
    const { operator } = createRecordingOperator();
    const event = { ...(readEvent(eventName) as object), account: 'only-in-the-event' };

    await createHandler(operator)(event, lambdaContext);

    expect(output.text()).toContain('asking for a reconcile');
    expect(output.text()).not.toContain('only-in-the-event');
  });
});
