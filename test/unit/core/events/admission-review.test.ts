import { describe, expect, it } from 'vitest';
import { parseAdmissionReview } from '#core/events/admission-review.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';

interface Review {
  readonly request: { readonly uid: string; readonly object: unknown };
}

const reviewIn = (name: string): Review => {
  const { body } = readEvent(name) as { body: string };
  return JSON.parse(body) as Review;
};

const changed = (name: string, request: object): unknown => {
  const review = reviewIn(name);
  return { ...review, request: { ...review.request, ...request } };
};

const NODE = 'kubernetes-node-label-change';
const CREATE = 'kubernetes-nodeeni-create';

describe('parseAdmissionReview', () => {
  it.each([
    [NODE, { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60007' }],
    [
      'kubernetes-node-status-label-change',
      { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60007' },
    ],
    [CREATE, { kind: 'node-eni', name: 'multus-eni' }],
    ['kubernetes-nodeeni-delete', { kind: 'node-eni', name: 'multus-eni' }],
    ['kubernetes-nodeeni-deletecollection', { kind: 'node-eni', name: 'multus-eni-2' }],
    [
      'kubernetes-nodeenistate-status',
      { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60008' },
      { kind: 'node-eni', name: 'multus-eni' },
    ],
  ])('takes from %s who it is about, and its uid', (name, ...keys) => {
    const review = reviewIn(name);

    expect(parseAdmissionReview(review)).toEqual({
      uid: review.request.uid,
      keys,
      warnings: expect.any(Array),
    });
  });

  it('takes from a report no more NodeENIs than an instance can have slots', () => {
    const review = reviewIn('kubernetes-nodeenistate-status');
    const host = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`eni-${index}/subnet-a`, {}]),
    );

    const { keys } = parseAdmissionReview({
      ...review,
      request: { ...review.request, object: { status: { host } } },
    });

    expect(keys).toHaveLength(1 + 64);
  });

  it('takes the instance of a deleted node from the old object', () => {
    const { request } = reviewIn(NODE);

    const hint = parseAdmissionReview(
      changed(NODE, { operation: 'DELETE', object: null, oldObject: request.object }),
    );

    expect(hint.keys).toEqual([{ kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60007' }]);
  });

  it('takes the name of the request before that of the object', () => {
    const object = { metadata: { name: 'of-the-object' } };

    expect(parseAdmissionReview(changed(CREATE, { name: 'asked', object })).keys).toEqual([
      { kind: 'node-eni', name: 'asked' },
    ]);
  });

  it.each(['', 'status'])('takes a state by its name alone when it reports nothing: %j', (part) => {
    const change = { subResource: part, object: null, oldObject: null };

    expect(parseAdmissionReview(changed('kubernetes-nodeenistate-status', change)).keys).toEqual([
      { kind: 'instance', instanceId: 'i-0a1b2c3d4e5f60008' },
    ]);
  });

  it('takes a generated name from the object', () => {
    expect(parseAdmissionReview(changed(CREATE, { name: '' })).keys).toEqual([
      { kind: 'node-eni', name: 'multus-eni' },
    ]);
  });

  it.each([
    ['a dry run', changed(CREATE, { dryRun: true })],
    ['a status of a NodeENI, which is written by us', changed(CREATE, { subResource: 'status' })],
    [
      'a node that is no EC2 instance',
      changed(NODE, { object: { spec: { providerID: 'eks-hybrid:///eu/x' } } }),
    ],
    ['a node that has no providerID yet', changed(NODE, { object: { spec: {} }, oldObject: null })],
    [
      'a resource of the same name in another group',
      changed(CREATE, { resource: { group: 'example.com', resource: 'nodeenis' } }),
    ],
    ['another resource', changed(NODE, { resource: { group: '', resource: 'pods' } })],
    [
      'a state that is not named by an instance',
      changed('kubernetes-nodeenistate-status', { name: 'mine', object: null, oldObject: null }),
    ],
    ['an object whose name could not exist', changed(CREATE, { name: 'Not/A name', object: null })],
  ])('finds nothing to do in %s and still gives the uid', (_name, review) => {
    expect(parseAdmissionReview(review)).toMatchObject({
      uid: expect.stringMatching(/^705ab4f5-/),
      keys: [],
      ignored: 'irrelevant',
    });
  });

  it.each([
    ['another kind', { ...reviewIn(CREATE), kind: 'ConversionReview' }],
    ['a review without a uid', changed(CREATE, { uid: '' })],
    ['an endless uid', changed(CREATE, { uid: 'u'.repeat(129) })],
    ['no object', 'AdmissionReview'],
    ['nothing', undefined],
  ])('calls %s malformed', (_name, review) => {
    expect(parseAdmissionReview(review)).toEqual({
      uid: '',
      keys: [],
      warnings: [],
      ignored: 'malformed',
    });
  });

  it('warns the writer of a NodeENI', () => {
    expect(parseAdmissionReview(reviewIn(CREATE)).warnings).toEqual([
      expect.stringContaining('deviceIndex 1'),
    ]);
  });

  it.each([
    ['who deletes', reviewIn('kubernetes-nodeeni-delete')],
    [
      'whose object is being deleted',
      changed(CREATE, {
        object: {
          metadata: { name: 'multus-eni', deletionTimestamp: '2026-11-11T21:29:54Z' },
          spec: { paused: true },
        },
      }),
    ],
    [
      'of an object of another group',
      changed(CREATE, { resource: { group: 'example.com', resource: 'nodeenis' } }),
    ],
    [
      'of another resource of the group',
      changed(CREATE, {
        resource: { group: 'networking.k8s.aws', resource: 'nodeenistates' },
        object: { metadata: {}, spec: { paused: true } },
      }),
    ],
    ['of a node', changed(NODE, { object: { metadata: {}, spec: { paused: true } } })],
  ])('does not warn one %s', (_name, review) => {
    expect(parseAdmissionReview(review).warnings).toEqual([]);
  });

  it('reads only the fields it needs, whatever else an object holds', () => {
    const touched: PropertyKey[] = [];
    const watched = (name: string, fields: object): object =>
      new Proxy(fields, {
        get(target, key) {
          touched.push(`${name}.${String(key)}`);
          return Reflect.get(target, key) as unknown;
        },
        ownKeys: () => {
          throw new Error(`${name} was walked`);
        },
      });
    const node = watched('node', {
      spec: watched('spec', { providerID: 'aws:///us-east-1a/i-0a1b2c3d', podCIDR: '10.0.0.0/24' }),
      status: { images: [] },
    });

    const { keys } = parseAdmissionReview(changed(NODE, { object: node }));

    expect(keys).toEqual([{ kind: 'instance', instanceId: 'i-0a1b2c3d' }]);
    expect(touched).not.toContain('node.status');
    expect(touched).not.toContain('spec.podCIDR');
  });
});
