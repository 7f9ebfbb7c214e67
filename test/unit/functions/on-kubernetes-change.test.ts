import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler } from '#functions/on-kubernetes-change/handler.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { type CapturedOutput, captureOutput } from './captured-output.ts';
import { lambdaContext } from './invocation.ts';
import { createRecordingOperator } from './recording-operator.ts';

const SECRET = 'an-example-of-a-secret-path';
const CREATE = 'kubernetes-nodeeni-create';

interface Call {
  readonly body: string;
  readonly requestContext: { readonly http: object };
}

let output: CapturedOutput;

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
  output = captureOutput();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const call = (name: string, changes: object = {}): unknown => ({
  ...(readEvent(name) as Call),
  ...changes,
});

const setUp = (onHint?: () => Promise<void>) => {
  const { operator, announced } = createRecordingOperator(onHint && { onHint });
  const handler = createHandler(operator);
  const send = (event: unknown) => handler(event, lambdaContext);
  return { announced, send };
};

const answerIn = (result: unknown): unknown => {
  const { body } = result as { body: string };
  return JSON.parse(body) as unknown;
};

const allowed = (uid: unknown) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: { uid, allowed: true },
});

describe('on-kubernetes-change', () => {
  it.each([
    ['kubernetes-node-label-change', { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60007' }],
    ['kubernetes-nodeeni-delete', { kind: 'node-eni', name: 'multus-eni' }],
    [
      'kubernetes-nodeenistate-status',
      { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60008' },
      { kind: 'node-eni', name: 'multus-eni' },
    ],
  ])('allows %s and passes on who it is about', async (name, ...keys) => {
    const { announced, send } = setUp();

    const result = await send(readEvent(name));

    expect(result).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
    });
    expect(answerIn(result)).toEqual(allowed(expect.stringMatching(/^705ab4f5-6393-/)));
    expect(announced).toEqual(keys);
    expect(output.counted('HintsSent')).toBe(keys.length);
  });

  it('answers with the warnings about a NodeENI', async () => {
    const { send } = setUp();

    const result = await send(readEvent(CREATE));

    expect(answerIn(result)).toMatchObject({
      response: { allowed: true, warnings: [expect.stringContaining('deviceIndex 1')] },
    });
  });

  it('reads a body in base64', async () => {
    const { announced, send } = setUp();
    const { body } = readEvent(CREATE) as Call;
    const base64 = Buffer.from(body, 'utf8').toString('base64');

    await send(call(CREATE, { body: base64, isBase64Encoded: true }));

    expect(announced).toEqual([{ kind: 'node-eni', name: 'multus-eni' }]);
  });

  it.each([
    ['without a secret', call(CREATE, { rawPath: '/' })],
    [
      'with a wrong secret of the same length',
      call(CREATE, { rawPath: `/${SECRET.slice(0, -1)}x` }),
    ],
    ['with the beginning of the secret', call(CREATE, { rawPath: `/${SECRET.slice(0, -1)}` })],
    ['with more than the secret', call(CREATE, { rawPath: `/${SECRET}/` })],
    ['with another case', call(CREATE, { rawPath: `/${SECRET.toUpperCase()}` })],
    ['with a very long secret', call(CREATE, { rawPath: `/${'x'.repeat(100_000)}` })],
    [
      'by another method and without a secret',
      call(CREATE, { rawPath: '/', requestContext: { http: { method: 'GET' } } }),
    ],
    ['in a shape no Function URL has', { body: '{}' }],
    ['with nothing', null],
  ])('refuses a call %s with 403 and no body', async (_name, event) => {
    const { announced, send } = setUp();

    const result = await send(event);

    expect(result).toEqual({ statusCode: 403 });
    expect(announced).toEqual([]);
    expect(output.counted('CallsRefused', { reason: 'secret' })).toBe(1);
  });

  it('does not parse what comes without the secret', async () => {
    const { send } = setUp();
    const event = call(CREATE, { rawPath: '/wrong' });
    const parse = vi.spyOn(JSON, 'parse');

    await send(event);

    expect(parse).not.toHaveBeenCalled();
  });

  it('tells its version to who knows the secret and asks with HEAD, and nothing more', async () => {
    const { announced, send } = setUp();
    const requestContext = { http: { method: 'HEAD' } };

    const known = await send(call(CREATE, { requestContext }));
    const unknown = await send(call(CREATE, { requestContext, rawPath: '/wrong' }));

    expect(known).toEqual({ statusCode: 200, headers: { 'x-nodeeni-version': '1.2.3' } });
    expect(unknown).toEqual({ statusCode: 403 });
    expect(announced).toEqual([]);
    expect(output.counted('CallsRefused')).toBe(1);
  });

  it.each(['GET', 'PUT', 'post', ''])('refuses method %j', async (method) => {
    const { announced, send } = setUp();

    const result = await send(call(CREATE, { requestContext: { http: { method } } }));

    expect(result).toEqual({ statusCode: 405 });
    expect(announced).toEqual([]);
    expect(output.counted('CallsRefused', { reason: 'method' })).toBe(1);
  });

  it.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['a body cut off', '{"kind":"AdmissionReview","request":{"uid":"0123'],
    ['a body that is no object', '[[[[]]]]'],
    ['a body nested too deep', '['.repeat(200_000)],
    ['another kind', '{"kind":"ConversionReview","request":{"uid":"0123"}}'],
    [
      'a good review in more than 3 MiB',
      (readEvent(CREATE) as Call).body.padEnd(3 * 1024 * 1024 + 1),
    ],
  ])('allows %s without a uid and counts it', async (_name, body) => {
    const { announced, send } = setUp();

    const result = await send(call(CREATE, { body }));

    expect(answerIn(result)).toEqual(allowed(''));
    expect(announced).toEqual([]);
    expect(output.counted('EventsIgnored', { reason: 'malformed' })).toBe(1);
  });

  it('reads a review with two objects of the largest size an API server stores', async () => {
    const { announced, send } = setUp();
    const { body } = readEvent(CREATE) as Call;
    const annotations = { big: 'x'.repeat(1.49 * 1024 * 1024) };
    const review = JSON.parse(body) as { request: { object: { metadata: object } } };
    const object = { ...review.request.object, metadata: { name: 'multus-eni', annotations } };
    const large = { ...review, request: { ...review.request, object, oldObject: object } };

    await send(call(CREATE, { body: JSON.stringify(large) }));

    expect(announced).toEqual([{ kind: 'node-eni', name: 'multus-eni' }]);
  });

  it('answers in 1.5 seconds with the right uid while the queue hangs', async () => {
    vi.useFakeTimers();
    const { send } = setUp(() => new Promise(() => undefined));

    const pending = send(readEvent(CREATE));
    await vi.advanceTimersByTimeAsync(1500);
    const result = await Promise.race([pending, Promise.resolve('still waiting')]);

    expect(answerIn(result)).toMatchObject({ response: { uid: expect.stringMatching(/^705/) } });
    expect(output.counted('HintsLost', { outcome: 'late' })).toBe(1);
  });

  it('does not call the queue when nobody is to be told', async () => {
    const { send } = setUp(() => Promise.reject(new Error('called without a key')));
    const body = (readEvent(CREATE) as Call).body.replace('"dryRun":false', '"dryRun":true');

    const result = await send(call(CREATE, { body }));

    expect(answerIn(result)).toMatchObject({ response: { uid: expect.stringMatching(/^705/) } });
    expect(output.counted('EventsIgnored', { reason: 'irrelevant' })).toBe(1);
    expect(output.counted('HintsLost')).toBe(0);
  });

  it('allows the change although the queue refuses', async () => {
    const { send } = setUp(() => Promise.reject(new Error('AccessDenied')));

    const result = await send(readEvent(CREATE));

    expect(answerIn(result)).toMatchObject({ response: { allowed: true } });
    expect(output.counted('HintsLost', { outcome: 'failed' })).toBe(1);
    expect(output.counted('HintsSent')).toBe(0);
  });

  it('writes no secret, no header and no part of a body, whatever comes in', async () => {
    const marked = { rawPath: `/${SECRET}`, headers: { 'x-marked': 'header-content' } };
    const bodies = [
      'body-content',
      '{"body-content',
      '{"kind":"body-content"}',
      JSON.stringify({ kind: 'AdmissionReview', request: { uid: 'body-content' } }),
      (readEvent(CREATE) as Call).body.replace('subnet-0123456789abcdef0', 'body-content'),
    ];
    const failing = setUp(() => Promise.reject(new Error('AccessDenied')));
    const { send } = setUp();

    for (const body of bodies) {
      await send(call(CREATE, { ...marked, body }));
      await send(call(CREATE, { ...marked, body, rawPath: '/guessed-secret' }));
      await failing.send(call(CREATE, { ...marked, body }));
    }

    expect(output.text()).toContain('hints lost');
    for (const secret of [SECRET, 'guessed-secret', 'header-content', 'body-content', 'rawPath'])
      expect(output.text()).not.toContain(secret);
  });
});
