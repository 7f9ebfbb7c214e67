import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordingTelemetry } from '#test/support/telemetry.ts';
import { type CapturedOutput, captureOutput } from '#test/unit/functions/captured-output.ts';
import { anyText } from './any-text.ts';
import {
  callWith,
  LARGEST_CALL,
  NODE_ENIS,
  nested,
  openRelay,
  reviewOf,
  SECRET,
  STATES,
} from './open-relay.ts';

let output: CapturedOutput;

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
  output = captureOutput();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const HOSTILE_BODIES = [
  ['a good review', reviewOf({ resource: NODE_ENIS, name: 'data' })],
  ['6 MiB', reviewOf({ resource: NODE_ENIS, name: 'data' }).padEnd(LARGEST_CALL)],
  ['JSON nested 400,000 deep', nested(400_000)],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0xc0, 0x80]).toString('latin1')],
  ['nothing', undefined],
] as const;

describe('A caller who does not know the secret', () => {
  const guesses = [
    ['no path', ''],
    ['no secret', '/'],
    ['another secret', '/another-example-of-a-secret'],
    ['the first character', `/${SECRET.slice(0, 1)}`],
    ['all but the last character', `/${SECRET.slice(0, -1)}`],
    ['the secret and more', `/${SECRET}x`],
    ['the secret in a folder', `/x/${SECRET}`],
    ['the secret with an escape', `/%61${SECRET.slice(1)}`],
    ['the digest of the secret', `/${crypto.hash('sha256', SECRET)}`],
    ['a name of the prototype', '/__proto__'],
  ] as const;

  it.each(
    guesses.flatMap(([guess, rawPath]) =>
      HOSTILE_BODIES.map(([what, body]) => ({ guess, rawPath, what, body })),
    ),
  )('is refused with $guess and $what', async ({ rawPath, body }) => {
    const { send, queued } = openRelay();
    const parse = vi.spyOn(JSON, 'parse');

    const answer = await send(callWith({ rawPath, body }));

    expect(answer).toEqual({ statusCode: 403 });
    expect(parse).not.toHaveBeenCalled();
    expect(queued()).toEqual([]);
  });

  it('finds the secret nowhere else: not in headers, query, cookies nor the body', async () => {
    const { send, queued } = openRelay();
    const elsewhere = {
      rawPath: '/',
      rawQueryString: SECRET,
      queryStringParameters: { secret: SECRET },
      headers: { authorization: `Bearer ${SECRET}`, 'x-secret': SECRET },
      cookies: [SECRET],
      body: JSON.stringify({ secret: SECRET }),
    };

    expect(await send(callWith(elsewhere))).toEqual({ statusCode: 403 });
    expect(queued()).toEqual([]);
  });

  it('costs one comparison and one count a call, in 10,000 calls', async () => {
    const { telemetry, counters, lines } = recordingTelemetry();
    const { send, queued } = openRelay({ telemetry });
    const parse = vi.spyOn(JSON, 'parse');
    const decode = vi.spyOn(Buffer, 'from');
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    const body = reviewOf({ resource: NODE_ENIS, name: 'data' }).padEnd(100_000);

    const codes = new Set<number | undefined>();
    for (let call = 0; call < 10_000; call += 1) {
      const event = callWith({ rawPath: `/guess-${call}`, body, isBase64Encoded: true });
      codes.add((await send(event)).statusCode);
    }

    expect([...codes]).toEqual([403]);
    expect(parse).not.toHaveBeenCalled();
    expect(decode).not.toHaveBeenCalled();
    expect(compare).toHaveBeenCalledTimes(10_000);
    expect(queued()).toEqual([]);
    expect([...counters]).toEqual([['CallsRefused', 10_000]]);
    expect(lines).toEqual([]);
  });
});

describe('The secret', () => {
  it('is compared by one function that takes the same time for every guess, and by nothing else', () => {
    const { isSecret } = openRelay();
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();

    fc.assert(
      fc.property(anyText(2_000), (guess) => {
        compare.mockClear();

        const isRight = isSecret(guess);

        expect(compare).toHaveBeenCalledOnce();
        const [left, right] = compare.mock.calls[0] ?? [];
        expect([left?.byteLength, right?.byteLength]).toEqual([32, 32]);
        expect(compare.mock.results[0]).toEqual({ type: 'return', value: isRight });
        expect(isRight).toBe(guess === SECRET);
      }),
      { numRuns: 100, examples: [[SECRET], [''], [SECRET.slice(0, -1)], ['x'.repeat(100_000)]] },
    );
  });
});

describe('What the relay writes', () => {
  it('holds nothing of path, headers, query and body, whatever they are', async () => {
    const { send } = openRelay();
    const marker = fc.stringMatching(/^MARK[a-f0-9]{12}$/);

    await fc.assert(
      fc.asyncProperty(
        marker,
        fc.constantFrom(`/${SECRET}`, '/', '/guess'),
        fc.constantFrom('POST', 'GET'),
        fc.boolean(),
        fc.constantFrom(STATES, NODE_ENIS, { group: '', resource: 'nodes' }, {}),
        async (mark, path, method, isBase64Encoded, resource) => {
          const hidden = {
            metadata: { name: mark },
            spec: { [mark]: mark },
            status: { host: mark },
          };
          const text = reviewOf({
            resource,
            uid: mark,
            name: mark,
            userInfo: { username: mark },
            object: hidden,
          });
          const event = {
            rawPath: path === `/${SECRET}` ? path : `${path}${mark}`,
            rawQueryString: mark,
            headers: { [mark]: mark, authorization: mark },
            requestContext: { http: { method, path: mark, sourceIp: mark, userAgent: mark } },
            body: isBase64Encoded ? Buffer.from(text).toString('base64') : text,
            isBase64Encoded,
          };

          await send(event);
          await send({ ...event, body: `${mark}{` });
          await send({ [mark]: mark });

          expect(output.text()).not.toContain(mark);
          expect(output.text()).not.toContain(SECRET);
        },
      ),
      { numRuns: 60 },
    );
    expect(output.text()).toContain('CallsRefused');
  });
});
