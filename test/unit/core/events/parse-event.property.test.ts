import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAdmissionReview } from '#core/events/admission-review.ts';
import { INBOUND_EVENTS, parseEvent, parseEvents } from '#core/events/index.ts';
import { INSTANCE_ID } from '#core/events/instance-id.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';

const REASONS = ['unknown', 'malformed', 'test', 'irrelevant'];

const anyValue = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  fc.jsonValue(),
);

const inbound = fc.constantFrom(...INBOUND_EVENTS);

/** A known envelope around anything, so that the parsers behind the registry are reached. */
const anyKnownEnvelope = fc
  .record({ inbound, detail: anyValue, id: fc.oneof(fc.string(), fc.constant('i-0a1b2c3d')) })
  .map(({ inbound: { source, detailType }, detail, id }) => ({
    source,
    'detail-type': detailType,
    detail:
      typeof detail === 'object' && detail !== null
        ? { ...detail, 'instance-id': id, EC2InstanceId: id, state: 'running' }
        : detail,
  }));

const anyEvent = fc.oneof(anyValue, anyKnownEnvelope);

/** A real review with one field anywhere in it replaced by anything. */
const anyReview = fc
  .record({
    name: fc.constantFrom(
      'kubernetes-nodeeni-create',
      'kubernetes-nodeeni-deletecollection',
      'kubernetes-node-label-change',
      'kubernetes-nodeenistate-status',
    ),
    at: fc.nat(),
    value: anyValue,
  })
  .map(({ name, at, value }) => {
    let position = 0;
    const { body } = readEvent(name) as { body: string };
    const fields = body.match(/"[a-zA-Z]+":/g)?.length ?? 1;
    return JSON.parse(body, (key, part: unknown) => {
      if (key === '') return part;
      position += 1;
      return position === (at % fields) + 1 ? value : part;
    }) as unknown;
  });

const slotsReportedIn = (review: unknown): number => {
  const { request } = review as { request?: { object?: { status?: { host?: object } } } };
  return Object.keys(request?.object?.status?.host ?? {}).length;
};

describe('parseEvent', () => {
  it('answers anything with instance keys or a known reason, and never throws', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const parsed = parseEvent(event);

        if (parsed.kind === 'ignored') {
          expect(REASONS).toContain(parsed.reason);
          expect(parsed.detail.length).toBeLessThanOrEqual(200);
          return;
        }
        for (const key of parsed.keys)
          expect(key).toEqual({ kind: 'instance', instanceId: expect.stringMatching(INSTANCE_ID) });
      }),
      { numRuns: 500 },
    );
  });

  it('answers any invocation, each message of a batch on its own', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), anyEvent, (texts, event) => {
        const bodies = [...texts, JSON.stringify(readEvent('asg-launch'))];

        const parsed = parseEvents({ Records: bodies.map((body) => ({ body })) });

        expect(parsed).toHaveLength(bodies.length);
        expect(parsed.at(-1)).toMatchObject({ kind: 'work' });
        expect(() => parseEvents(event)).not.toThrow();
      }),
    );
  });
});

describe('parseAdmissionReview', () => {
  it('answers anything and never throws', () => {
    fc.assert(
      fc.property(anyValue, (body) => {
        expect(parseAdmissionReview(body)).toMatchObject({
          uid: '',
          keys: [],
          ignored: 'malformed',
        });
      }),
    );
  });

  it('answers a real review with any one field spoilt by its own key, one for each slot that an agent reports, and short warnings', () => {
    fc.assert(
      fc.property(anyReview, (review) => {
        const { keys, warnings, ignored } = parseAdmissionReview(review);

        expect(keys.length > 0).toBe(ignored === undefined);
        expect(keys.length).toBeLessThanOrEqual(1 + Math.min(slotsReportedIn(review), 64));
        for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(120);
      }),
      { numRuns: 500 },
    );
  });
});
