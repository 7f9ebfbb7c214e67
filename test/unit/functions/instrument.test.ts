import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { instrument } from '#operator/instrument.ts';
import { createPowertoolsTelemetry } from '#operator/powertools-telemetry.ts';
import type { Telemetry } from '#operator/telemetry.ts';
import { createTracing } from '#operator/tracing.ts';
import { type CapturedOutput, captureOutput } from './captured-output.ts';
import { lambdaContext } from './invocation.ts';

let output: CapturedOutput;

beforeEach(() => {
  output = captureOutput();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Telemetry of another make, as a process without Lambda brings it. */
const createPlainTelemetry = () => {
  const counted: string[] = [];
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  const telemetry: Telemetry = {
    logger: { debug: log, info: log, warn: log, error: log },
    count: (name) => counted.push(name),
    middlewares: [],
  };
  return { telemetry, counted, logged };
};

describe('instrument', () => {
  it('runs a handler over telemetry that is not for Lambda', async () => {
    const { telemetry } = createPlainTelemetry();

    const answer = await instrument(telemetry, async (event: string) => event.length)(
      'four',
      lambdaContext,
    );

    expect(answer).toBe(4);
    expect(output.text()).toBe('');
  });

  it('counts, reports and throws on what a handler throws', async () => {
    const { telemetry, counted, logged } = createPlainTelemetry();
    const handler = instrument(telemetry, () => Promise.reject(new Error('no')));

    const invocation = handler({}, lambdaContext);

    await expect(invocation).rejects.toThrow('no');
    expect(counted).toEqual(['InvocationsFailed']);
    expect(logged).toEqual(['invocation failed']);
  });

  it('reports a handler that is about to run out of time, before Lambda ends it', async () => {
    const telemetry = createPowertoolsTelemetry({ clusterName: 'production' });
    const handler = instrument(telemetry, () => new Promise(() => undefined));

    const invocation = handler({}, { ...lambdaContext, getRemainingTimeInMillis: () => 20 });

    await expect(invocation).rejects.toThrow('aborted');
    expect(output.counted('InvocationsFailed')).toBe(1);
  });

  it('writes what was counted before a failure, and each counter once', async () => {
    const telemetry = createPowertoolsTelemetry({ clusterName: 'production' });
    const handler = instrument(telemetry, async (isFailing: boolean) => {
      telemetry.count('Reconciles', 3);
      if (isFailing) throw new Error('no');
    });

    await handler(false, lambdaContext);
    await handler(true, lambdaContext).catch(() => undefined);

    expect(output.counted('Reconciles')).toBe(6);
  });

  it('stays silent about an invocation in which nothing was counted', async () => {
    const telemetry = createPowertoolsTelemetry({ clusterName: 'production' });

    await instrument(telemetry, async () => undefined)({}, lambdaContext);

    expect(output.text()).toBe('');
  });

  it('takes tracing as one more wrapper', async () => {
    const telemetry = createPowertoolsTelemetry({
      clusterName: 'production',
      middlewares: [createTracing()],
    });

    const answer = await instrument(telemetry, async () => 'done')({}, lambdaContext);

    expect(answer).toBe('done');
  });
});
