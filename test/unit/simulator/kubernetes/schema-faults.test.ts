import { describe, expect, it } from 'vitest';
import { schemaFaults } from '#simulator/kubernetes/schema-faults.ts';

const textsOf = (...input: Parameters<typeof schemaFaults>) =>
  schemaFaults(...input).map(({ text }) => text);

describe('schemaFaults', () => {
  it('takes a null only where the schema allows it', () => {
    const text = { type: 'string' };
    const schema = { properties: { a: { ...text, nullable: true }, b: text } };

    expect(textsOf(schema, { a: null, b: null })).toEqual([
      'b: Invalid value: "null": b in body must be of type string: "null"',
    ]);
  });

  it('holds a text to its pattern', () => {
    const schema = { properties: { a: { type: 'string', pattern: '^i-' } } };

    expect(textsOf(schema, { a: 'i-1' })).toEqual([]);
    expect(textsOf(schema, { a: 'x-1' })).toEqual([
      `a: Invalid value: "x-1": a in body should match '^i-'`,
    ]);
  });

  it('takes an integer for a number, and no number for an integer', () => {
    expect(textsOf({ properties: { a: { type: 'number' } } }, { a: 1 })).toEqual([]);
    expect(textsOf({ properties: { a: { type: 'integer' } } }, { a: 1.5 })).toHaveLength(1);
  });

  it('lets pass a fault that was stored before, but not in a list that changed', () => {
    const schema = {
      properties: {
        a: { type: 'string', minLength: 1 },
        list: { type: 'array', items: { type: 'string', minLength: 1 } },
      },
    };
    const stored = { a: '', list: ['', 'x'] };

    expect(textsOf(schema, { a: '', list: ['', 'x'] }, stored)).toEqual([]);
    expect(textsOf(schema, { a: '', list: ['', 'y'] }, stored)).toEqual([
      'list[0]: Invalid value: "": list[0] in body should be at least 1 chars long',
    ]);
  });
});
