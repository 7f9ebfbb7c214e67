import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VERSION_HEADER } from '#core/events/relay-version.ts';
import { PRODUCT_VERSION } from '#providers/product-version.ts';
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

/** Every slot of one instance, and the instance itself. */
const MOST_HINTS = 65;

const allowedFor = (uid: string) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: { uid, allowed: true },
});

let output: CapturedOutput;

beforeEach(() => {
  output = captureOutput();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What somebody may send who has learnt the secret. */
const rawPath = `/${SECRET}`;

describe('A caller who knows the secret', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'head', 'post', 'POST ', ''])(
    'is refused with method %j before the body is read',
    async (method) => {
      const { send, queued } = openRelay();
      const parse = vi.spyOn(JSON, 'parse');

      const answer = await send(callWith({ rawPath, requestContext: { http: { method } } }));

      expect(answer).toEqual({ statusCode: 405 });
      expect(parse).not.toHaveBeenCalled();
      expect(queued()).toEqual([]);
    },
  );

  it('is told the version by HEAD, and nothing is read or asked for', async () => {
    const { send, queued } = openRelay();
    const parse = vi.spyOn(JSON, 'parse');

    const answer = await send(callWith({ rawPath, requestContext: { http: { method: 'HEAD' } } }));

    expect(answer).toEqual({ statusCode: 200, headers: { [VERSION_HEADER]: PRODUCT_VERSION } });
    expect(parse).not.toHaveBeenCalled();
    expect(queued()).toEqual([]);
  });

  it('gets nothing parsed above the size of two objects, up to the most Lambda takes', async () => {
    const { send, queued } = openRelay();
    const body = reviewOf({ resource: NODE_ENIS, name: 'data' }).padEnd(LARGEST_CALL);
    const event = callWith({ rawPath, body });
    const parse = vi.spyOn(JSON, 'parse');

    const plain = await send(event);
    const encoded = await send({ ...event, isBase64Encoded: true });

    expect(parse).not.toHaveBeenCalled();
    expect([plain, encoded].map((answer) => JSON.parse(answer.body ?? ''))).toEqual([
      allowedFor(''),
      allowedFor(''),
    ]);
    expect(queued()).toEqual([]);
  });

  it('is answered with the right uid whatever hides in the objects', async () => {
    const { send, queued } = openRelay();
    const deep = `{"kind":"AdmissionReview","request":{"uid":"uid-1","name":"data","resource":${JSON.stringify(NODE_ENIS)},"object":${nested(200_000)}}}`;

    const answer = await send(callWith({ rawPath, body: deep }));

    expect(JSON.parse(answer.body ?? '')).toEqual(allowedFor('uid-1'));
    expect(queued()).toHaveLength(1);
  });

  it.each([
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0x7d]).toString('base64')],
    ['no base64', '~~ not base64 ~~ \u0000'],
    ['base64 cut off', Buffer.from(reviewOf({})).toString('base64').slice(0, 21)],
    [
      'base64 of base64',
      Buffer.from(Buffer.from(reviewOf({})).toString('base64')).toString('base64'),
    ],
    ['a byte order mark', Buffer.from(`\uFEFF${reviewOf({})}`).toString('base64')],
  ])('enqueues nothing with %s', async (_what, body) => {
    const { send, queued } = openRelay();

    const answer = await send(callWith({ rawPath, body, isBase64Encoded: true }));

    expect(JSON.parse(answer.body ?? '')).toEqual(allowedFor(''));
    expect(queued()).toEqual([]);
    expect(output.counted('EventsIgnored', { reason: 'malformed' })).toBe(1);
  });

  it('cannot make a name out of bytes that are no UTF-8', async () => {
    const { send, queued } = openRelay();
    const review = Buffer.from(reviewOf({ resource: NODE_ENIS, name: 'data~' }));
    review[review.indexOf('~')] = 0xff;

    const body = review.toString('base64');
    const answer = await send(callWith({ rawPath, body, isBase64Encoded: true }));

    expect(JSON.parse(answer.body ?? '')).toEqual(allowedFor('uid-1'));
    expect(queued()).toEqual([]);
  });

  it('enqueues nothing by reviews of kinds that are not ours', async () => {
    const { send, queued } = openRelay();
    const named = {
      metadata: { name: 'i-0a1b2c3d4e5f60008' },
      spec: { providerID: 'aws:///us-east-1a/i-0a1b2c3d4e5f60008' },
      status: { host: { 'data/subnet-1': {} } },
    };
    const foreign = fc
      .record({
        group: fc.constantFrom('', 'apps', 'networking.k8s.io', 'networking.k8s.aws', '__proto__'),
        resource: fc.constantFrom(
          ...['pods', 'secrets', 'nodes', 'nodeenis', 'nodeenistates', 'constructor', 'Nodes', ''],
        ),
        subResource: fc.constantFrom('status', 'scale', 'proxy', 'eviction', '__proto__'),
      })
      .filter(
        ({ group, resource, subResource }) =>
          !(group === '' && resource === 'nodes' && subResource === 'status') &&
          !(group === STATES.group && resource === 'nodeenistates' && subResource === 'status'),
      );

    await fc.assert(
      fc.asyncProperty(foreign, async ({ subResource, ...resource }) => {
        const body = reviewOf({
          resource,
          subResource,
          name: 'i-0a1b2c3d4e5f60008',
          object: named,
          oldObject: named,
        });

        const answer = await send(callWith({ rawPath, body }));

        expect(JSON.parse(answer.body ?? '')).toEqual(allowedFor('uid-1'));
        expect(queued()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('enqueues only well-formed ids, few of them, and gets a short answer', async () => {
    const { send, queued } = openRelay();

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(STATES, NODE_ENIS, { group: '', resource: 'nodes' }),
        fc.oneof(anyText(300), fc.constant('i-0a1b2c3d')),
        fc.jsonValue({ maxDepth: 3 }),
        fc.dictionary(anyText(20), fc.jsonValue({ maxDepth: 1 })),
        async (resource, name, spec, host) => {
          const before = queued().length;
          const object = { metadata: { name }, spec, status: { host } };
          const body = reviewOf({ resource, name, object });

          const answer = await send(callWith({ rawPath, body }));

          const messages = queued().slice(before);
          expect(answer.statusCode).toBe(200);
          expect(answer.body?.length).toBeLessThan(2_000);
          expect(messages.length).toBeLessThanOrEqual(MOST_HINTS);
          for (const message of messages)
            expect(message.body).toMatch(
              /^\{"key":\{[^{}]*("i-[0-9a-f]{8,17}"|"name":"[a-z0-9][-a-z0-9.]{0,252}")\},"due":\d+\}$/,
            );
        },
      ),
      { numRuns: 60 },
    );
    expect(queued().length).toBeGreaterThan(0);
  });

  it('causes as many reconciles as one instance has slots, with a status as large as a body may be', async () => {
    const { send, queued } = openRelay();
    const slots = Array.from({ length: 60_000 }, (_, slot) => [`eni-${slot}/subnet-1`, {}]);
    const object = { status: { host: Object.fromEntries(slots) } };
    const body = reviewOf({ resource: STATES, name: 'i-0a1b2c3d4e5f60008', object });

    await send(callWith({ rawPath, body }));

    expect(queued()).toHaveLength(MOST_HINTS);
  });

  it('causes one reconcile by a thousand equal calls', async () => {
    const { send, queued } = openRelay();
    const body = reviewOf({ resource: NODE_ENIS, name: 'data' });
    const event = callWith({ rawPath, body });

    for (let call = 0; call < 1_000; call += 1) await send(event);

    expect(queued()).toHaveLength(1);
  });
});
