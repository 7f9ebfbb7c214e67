import { expect, it } from 'vitest';
import { pruneAndDefault } from '#simulator/kubernetes/prune-and-default.ts';

const text = { type: 'string' };

it.each([
  {
    name: 'keeps a null that the schema allows',
    schema: { properties: { a: { ...text, nullable: true, default: 'x' } } },
    value: { a: null },
    result: { a: null },
  },
  {
    name: 'puts the default in place of another null',
    schema: { properties: { a: { ...text, default: 'x' } } },
    value: { a: null },
    result: { a: 'x' },
  },
  {
    name: 'drops a null in a map',
    schema: { additionalProperties: text },
    value: { a: null, b: 'x' },
    result: { b: 'x' },
  },
  {
    name: 'fills in defaults inside the items of a list',
    schema: { items: { properties: { a: { ...text, default: 'x' } } } },
    value: [{}, { a: 'y', b: 'z' }],
    result: [{ a: 'x' }, { a: 'y' }],
  },
  {
    name: 'fills in no default inside an absent object',
    schema: { properties: { a: { properties: { b: { ...text, default: 'x' } } } } },
    value: {},
    result: {},
  },
  {
    name: 'leaves a value of the wrong type for validation to find',
    schema: { properties: { a: { properties: {} } } },
    value: { a: 'x' },
    result: { a: 'x' },
  },
])('$name', ({ schema, value, result }) => {
  expect(pruneAndDefault(schema, value)).toEqual(result);
});
