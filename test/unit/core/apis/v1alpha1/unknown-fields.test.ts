import { describe, expect, it } from 'vitest';
import type { OpenApiSchema } from '#core/apis/v1alpha1/open-api.ts';
import { unknownFields } from '#core/apis/v1alpha1/unknown-fields.ts';

const SCHEMA: OpenApiSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    terms: { type: 'array', items: { type: 'object', properties: { key: { type: 'string' } } } },
    part: { type: 'object', properties: { size: { type: 'integer' } } },
  },
};

describe('unknownFields', () => {
  it.each<{ readonly value: unknown; readonly paths: readonly string[] }>([
    { value: { name: 'a', part: { size: 1 }, terms: [{ key: 'a' }] }, paths: [] },
    { value: { nam: 'a' }, paths: ['spec.nam'] },
    { value: { part: { size: 1, sizes: 2 } }, paths: ['spec.part.sizes'] },
    { value: { terms: [{ key: 'a' }, { kee: 'b' }] }, paths: ['spec.terms[1].kee'] },
    { value: { b: { deep: 1 }, a: null }, paths: ['spec.b', 'spec.a'] },
    { value: { labels: { any: 'goes' } }, paths: [] },
    { value: { constructor: 'a' }, paths: ['spec.constructor'] },
    // Values of the wrong type are another check's business.
    { value: { part: null, terms: 'none', name: { first: 'a' } }, paths: [] },
    { value: { part: [{ size: 1 }] }, paths: [] },
    { value: 'text', paths: [] },
    { value: null, paths: [] },
  ])('of $value are $paths', ({ value, paths }) => {
    expect(unknownFields(SCHEMA, value, 'spec')).toEqual(paths);
  });
});
