import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COUNTERS } from '#core/counters.ts';
import { createHandler } from '#functions/sweep/handler.ts';
import { type CapturedOutput, captureOutput } from './captured-output.ts';
import { lambdaContext } from './invocation.ts';
import { createRecordingOperator } from './recording-operator.ts';

let output: CapturedOutput;

beforeEach(() => {
  output = captureOutput();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('sweep', () => {
  it('counts what a sweep saw and asked for', async () => {
    const { operator } = createRecordingOperator({
      sweepReport: {
        instances: 50,
        interfaces: 101,
        hintedInstances: ['i-0a1b2c3d', 'i-0a1b2c3e'],
        hintedNodeEnis: ['multus-eni'],
        orphansMarked: ['eni-1'],
        orphansCollected: ['eni-2', 'eni-3'],
        heartbeats: { sent: 4, errors: [] },
        unreadyNodeEnis: ['multus-eni'],
      },
    });

    await createHandler(operator)({}, lambdaContext);

    expect(output.counted('InstancesSwept')).toBe(50);
    expect(output.counted('InterfacesSwept')).toBe(101);
    expect(output.counted('HintsSent')).toBe(3);
    expect(output.counted('OrphansMarked')).toBe(1);
    expect(output.counted('OrphansCollected')).toBe(2);
    expect(output.counted('HeartbeatsSwept')).toBe(4);
    expect(output.counted('NodeEnisNotReady')).toBe(1);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'swept', hints: 3, orphansCollected: ['eni-2', 'eni-3'] }),
    );
  });

  it('sends of what it did not count only the metric that tells of the sweep: each is paid for', async () => {
    const { operator } = createRecordingOperator();

    await createHandler(operator)({}, lambdaContext);

    const sent = output.lines().filter((line) => '_aws' in line);
    expect(sent).toHaveLength(1);
    expect(Object.keys(sent[0] ?? {}).filter((name) => name in COUNTERS)).toEqual([
      'InstancesSwept',
    ]);
  });

  it('logs what kept heartbeats from being sent, and is a success all the same', async () => {
    const errors = ['RecordLifecycleActionHeartbeat: AccessDenied: not allowed'];
    const { operator } = createRecordingOperator({
      sweepReport: { heartbeats: { sent: 0, errors } },
    });

    await createHandler(operator)({}, lambdaContext);

    expect(output.lines()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'heartbeats failed', errors }),
    );
  });

  it('logs what Auto Scaling did not tell, and is a success all the same', async () => {
    const scalingErrors = ['DescribeAutoScalingGroups: Throttling: Rate exceeded'];
    const { operator } = createRecordingOperator({ sweepReport: { scalingErrors } });

    await createHandler(operator)({}, lambdaContext);

    expect(output.lines()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', errors: scalingErrors }),
    );
  });

  it('fails when the sweep fails, with the reason in the log', async () => {
    const { operator } = createRecordingOperator({ sweepError: new Error('listing ENIs: Denied') });

    const invocation = createHandler(operator)({}, lambdaContext);

    await expect(invocation).rejects.toThrow('listing ENIs: Denied');
    expect(output.counted('InvocationsFailed')).toBe(1);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        error: expect.objectContaining({ message: 'listing ENIs: Denied' }),
      }),
    );
  });
});
