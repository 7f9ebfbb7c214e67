import { describe, expect, it } from 'vitest';
import type { JsonPatch } from '#providers/kubernetes/kubernetes-api.ts';
import { applyJsonPatch } from '#simulator/kubernetes/json-patch.ts';

interface Case {
  readonly name: string;
  readonly target: unknown;
  readonly patch: JsonPatch;
  readonly result?: unknown;
}

const RESULTS: readonly Case[] = [
  {
    name: 'adds a field',
    target: { a: 1 },
    patch: [{ op: 'add', path: '/b', value: 2 }],
    result: { a: 1, b: 2 },
  },
  {
    name: 'adds into a list at a position',
    target: { a: [1, 3] },
    patch: [{ op: 'add', path: '/a/1', value: 2 }],
    result: { a: [1, 2, 3] },
  },
  {
    name: 'adds at the end of a list',
    target: { a: [1] },
    patch: [{ op: 'add', path: '/a/-', value: 2 }],
    result: { a: [1, 2] },
  },
  {
    name: 'removes from a list',
    target: { a: [1, 2] },
    patch: [{ op: 'remove', path: '/a/0' }],
    result: { a: [2] },
  },
  {
    name: 'replaces in a list inside a list',
    target: { a: [{ b: [1, 2] }] },
    patch: [{ op: 'replace', path: '/a/0/b/1', value: 3 }],
    result: { a: [{ b: [1, 3] }] },
  },
  {
    name: 'reads ~1 as a slash and ~0 as a tilde',
    target: { 'x/y': 1, '~1': 2 },
    patch: [
      { op: 'replace', path: '/x~1y', value: 3 },
      { op: 'replace', path: '/~01', value: 4 },
    ],
    result: { 'x/y': 3, '~1': 4 },
  },
  {
    name: 'goes on after a test that holds, whatever the order of keys',
    target: { a: { b: 1, c: 2 } },
    patch: [
      { op: 'test', path: '/a', value: { c: 2, b: 1 } },
      { op: 'remove', path: '/a/b' },
    ],
    result: { a: { c: 2 } },
  },
];

const REFUSALS: readonly Case[] = [
  { name: 'a test that fails', target: { a: 1 }, patch: [{ op: 'test', path: '/a', value: 2 }] },
  { name: 'a removal of nothing', target: { a: 1 }, patch: [{ op: 'remove', path: '/b' }] },
  {
    name: 'a replacement of nothing',
    target: { a: 1 },
    patch: [{ op: 'replace', path: '/b', value: 1 }],
  },
  {
    name: 'a position behind the list',
    target: { a: [1] },
    patch: [{ op: 'remove', path: '/a/1' }],
  },
  {
    name: 'a position that is no number',
    target: { a: [1] },
    patch: [{ op: 'add', path: '/a/first', value: 1 }],
  },
  {
    name: 'a pointer without a slash',
    target: { a: 1 },
    patch: [{ op: 'replace', path: 'a', value: 2 }],
  },
  {
    name: 'a place inside nothing',
    target: {},
    patch: [{ op: 'add', path: '/a/b', value: 1 }],
  },
];

describe('applyJsonPatch', () => {
  it.each(RESULTS)('$name', ({ target, patch, result }) => {
    expect(applyJsonPatch(target, patch)).toEqual(result);
  });

  it.each(REFUSALS)('refuses $name', ({ target, patch }) => {
    expect(() => applyJsonPatch(target, patch)).toThrow();
  });
});
