import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { captureOutput } from './captured-output.ts';
import { lambdaContext } from './invocation.ts';

const QUEUES = 'https://sqs.us-east-1.amazonaws.com/123456789012';

beforeEach(() => {
  vi.resetModules();
  captureOutput();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('CLUSTER_NAME', 'production');
  vi.stubEnv('WORK_QUEUE_URL', `${QUEUES}/work.fifo`);
  vi.stubEnv('ROLL_UP_QUEUE_URL', `${QUEUES}/roll-up.fifo`);
  vi.stubEnv('DELAY_QUEUE_URL', `${QUEUES}/delay`);
  vi.stubEnv(
    'WEBHOOK_SECRET_SHA256',
    createHash('sha256').update('an-example-of-a-secret-path').digest('hex'),
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the functions that only pass ids on', () => {
  it('start from their environment and answer an event without work', async () => {
    const asg = await import('#functions/on-asg-lifecycle/index.ts');
    const ec2 = await import('#functions/on-ec2-state-change/index.ts');
    const command = await import('#functions/on-command-result/index.ts');
    const requeue = await import('#functions/requeue/index.ts');
    const kubernetes = await import('#functions/on-kubernetes-change/index.ts');
    const dryRun = readEvent('kubernetes-nodeeni-create') as { body: string };

    const answers = [
      await asg.handler(readEvent('asg-sqs-test-notification'), lambdaContext),
      await ec2.handler(readEvent('ec2-pending'), lambdaContext),
      await command.handler(readEvent('ec2-pending'), lambdaContext),
      await requeue.handler({ Records: [] }, lambdaContext),
      await kubernetes.handler({ ...dryRun, body: '{}' }, lambdaContext),
      await kubernetes.handler({ ...dryRun, rawPath: '/guess' }, lambdaContext),
    ];

    expect(answers).toEqual([
      undefined,
      undefined,
      undefined,
      { batchItemFailures: [] },
      expect.objectContaining({ statusCode: 200 }),
      { statusCode: 403 },
    ]);
  });

  it('refuse to start without their queues', async () => {
    vi.stubEnv('WORK_QUEUE_URL', undefined);

    await expect(import('#functions/on-ec2-state-change/index.ts')).rejects.toThrow(
      'missing or unusable in the environment: WORK_QUEUE_URL',
    );
  });

  it('refuse to open the public door without a secret', async () => {
    vi.stubEnv('WEBHOOK_SECRET_SHA256', '');

    await expect(import('#functions/on-kubernetes-change/index.ts')).rejects.toThrow(
      'missing or unusable in the environment: WEBHOOK_SECRET_SHA256',
    );
  });
});
