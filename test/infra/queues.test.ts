import { describe, expect, inject, it } from 'vitest';
import { jsonOf, type Resource, resourceOf, resourcesOf } from '#test/support/infra/synthesis.ts';
import { FUNCTION_SETTINGS } from '../../stacks/function-settings.ts';

const { usual, grown } = inject('syntheses');

const QUEUE = 'aws:sqs/queue:Queue';
const MAPPING = 'aws:lambda/eventSourceMapping:EventSourceMapping';

/** Source queue, its dead-letter queue, and who works it off. */
const QUEUES = [
  { source: 'Work', dlq: 'WorkDlq', isFifo: true, worker: 'reconcile' },
  { source: 'RollUps', dlq: 'RollUpsDlq', isFifo: true, worker: 'roll-up' },
  { source: 'Delay', dlq: 'DelayDlq', isFifo: false, worker: 'requeue' },
] as const;

const queueOf = (name: string): Resource => resourceOf(usual, QUEUE, `${name}Queue`);

const arnOf = (name: string): string =>
  `arn:aws:sqs:eu-west-1:123456789012:${String(queueOf(name).inputs.name)}`;

describe.each(QUEUES)('the queue $source', ({ source, dlq, isFifo, worker }) => {
  it('hides a message for six times the timeout of the function that works on it', () => {
    const { visibilityTimeoutSeconds } = queueOf(source).inputs;

    expect(visibilityTimeoutSeconds).toBe(6 * FUNCTION_SETTINGS[worker].timeoutSeconds);
  });

  it('holds no message back that does not ask for it', () => {
    expect(queueOf(source).inputs.delaySeconds ?? 0).toBe(0);
  });

  it('gives up on a message after five tries', () => {
    expect(jsonOf(queueOf(source), 'redrivePolicy')).toEqual({
      deadLetterTargetArn: arnOf(dlq),
      maxReceiveCount: 5,
    });
  });

  it('has a dead-letter queue of its own kind, as SQS demands', () => {
    const kinds = [source, dlq].map((name) => queueOf(name).inputs.fifoQueue);

    expect(kinds).toEqual([isFifo, isFifo]);
  });

  it('is the only one whose dead letters that queue takes', () => {
    const allow = resourceOf(
      usual,
      'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy',
      `${source}RedriveAllowPolicy`,
    );

    expect(jsonOf(allow, 'redriveAllowPolicy')).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [arnOf(source)],
    });
  });

  it('brings back only the messages that failed', () => {
    const { inputs } = resourceOf(usual, MAPPING, `${source}Mapping`);

    expect(inputs).toMatchObject({
      eventSourceArn: arnOf(source),
      functionResponseTypes: ['ReportBatchItemFailures'],
      batchSize: 10,
    });
  });
});

it('keeps dead letters for the two weeks that SQS allows', () => {
  const dlqs = resourcesOf(usual, QUEUE).filter(({ name }) => name.includes('Dlq'));

  expect(dlqs).toHaveLength(4);
  expect(dlqs.map(({ inputs }) => inputs.messageRetentionSeconds)).toEqual(
    Array.from({ length: 4 }, () => 14 * 86_400),
  );
});

it('lets as many workers run as the budget is divided among', () => {
  const mapping = resourceOf(grown, MAPPING, 'WorkMapping');
  const worker = resourceOf(grown, 'aws:lambda/function:Function', 'ReconcileFunction');

  expect(mapping.inputs.scalingConfig).toEqual({ maximumConcurrency: 5 });
  expect(worker.inputs.environment).toMatchObject({ variables: { WORKER_CONCURRENCY: '5' } });
});
