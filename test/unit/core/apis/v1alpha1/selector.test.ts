import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { coverText, selectorText, selects, selectsByPart } from '#core/apis/v1alpha1/selector.ts';
import { aNodeEni } from '#test/support/builders.ts';

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

const aSpec = (spec: Partial<Pick<NodeEniSpec, 'nodeSelector' | 'selector'>>): NodeEniSpec => {
  const { nodeSelector: _, ...rest } = aNodeEni().spec;
  return { ...rest, ...spec };
};

const requiring = (operator: Operator, values?: string[]) =>
  aSpec({ selector: { matchExpressions: [{ key: 'zone', operator, ...(values && { values }) }] } });

describe('selects', () => {
  it.each<[Operator, string[] | undefined, Record<string, string>, boolean]>([
    ['In', ['a', 'b'], { zone: 'b' }, true],
    ['In', ['a', 'b'], { zone: 'c' }, false],
    ['In', ['a', 'b'], {}, false],
    ['In', undefined, { zone: 'a' }, false],
    ['NotIn', ['a', 'b'], { zone: 'b' }, false],
    ['NotIn', ['a', 'b'], { zone: 'c' }, true],
    ['NotIn', ['a', 'b'], {}, true],
    ['Exists', undefined, { zone: '' }, true],
    ['Exists', undefined, { other: 'a' }, false],
    ['DoesNotExist', undefined, { zone: '' }, false],
    ['DoesNotExist', undefined, { other: 'a' }, true],
  ])('zone %s %j of %o: %s', (operator, values, labels, isSelected) => {
    expect(selects(requiring(operator, values), labels)).toBe(isSelected);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'does not take %s for a label that every node carries',
    (key) => {
      const spec = aSpec({ selector: { matchExpressions: [{ key, operator: 'Exists' }] } });

      expect(selects(spec, {})).toBe(false);
      expect(selects(spec, JSON.parse(`{"${key}":"yes"}`))).toBe(true);
    },
  );

  it('asks for every label of both selectors', () => {
    const spec = aSpec({ nodeSelector: { a: '1', b: '2' }, selector: { matchLabels: { c: '3' } } });

    expect(selects(spec, { a: '1', b: '2', c: '3', d: '4' })).toBe(true);
    expect(selects(spec, { a: '1', b: '2' })).toBe(false);
    expect(selects(spec, { a: '1', c: '3' })).toBe(false);
    expect(selects(spec, { a: '1', b: '0', c: '3' })).toBe(false);
  });

  it('asks for every expression', () => {
    const spec = aSpec({
      selector: {
        matchExpressions: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', operator: 'DoesNotExist' },
        ],
      },
    });

    expect(selects(spec, { a: '' })).toBe(true);
    expect(selects(spec, { a: '', b: '' })).toBe(false);
    expect(selects(spec, {})).toBe(false);
  });

  it('selects no node by selectors that contradict each other', () => {
    const spec = aSpec({ nodeSelector: { a: '1' }, selector: { matchLabels: { a: '2' } } });

    expect(selects(spec, { a: '1' })).toBe(false);
    expect(selects(spec, { a: '2' })).toBe(false);
  });

  it('selects every node by no selector', () => {
    expect(selects(aSpec({}), { a: '1' })).toBe(true);
    expect(selects(aSpec({ selector: {} }), {})).toBe(true);
  });
});

describe('selectsByPart', () => {
  it.each<[Operator, string[] | undefined, Record<string, string>, string]>([
    ['In', ['a', 'b'], { zone: 'b' }, 'yes'],
    ['In', ['a', 'b'], { zone: 'c' }, 'no'],
    ['In', ['a', 'b'], { other: 'a' }, 'unknown'],
    ['In', undefined, {}, 'no'],
    ['NotIn', ['a', 'b'], { zone: 'b' }, 'no'],
    ['NotIn', ['a', 'b'], { zone: 'c' }, 'yes'],
    ['NotIn', ['a', 'b'], { other: 'c' }, 'unknown'],
    ['NotIn', undefined, {}, 'yes'],
    ['Exists', undefined, { zone: '' }, 'yes'],
    ['Exists', undefined, { other: 'a' }, 'unknown'],
    ['DoesNotExist', undefined, { zone: '' }, 'no'],
    ['DoesNotExist', undefined, { other: 'a' }, 'unknown'],
  ])('zone %s %j, where %o is all that is known: %s', (operator, values, labels, selection) => {
    expect(selectsByPart(requiring(operator, values), labels)).toBe(selection);
  });

  it('is sure of a no by one label, and of a yes by all of them only', () => {
    const spec = aSpec({ nodeSelector: { a: '1', b: '2' } });

    expect(selectsByPart(spec, { a: '1' })).toBe('unknown');
    expect(selectsByPart(spec, { a: '2' })).toBe('no');
    expect(selectsByPart(spec, { a: '1', b: '2' })).toBe('yes');
  });
});

describe('selectorText', () => {
  it('writes every requirement as the API server reads it', () => {
    const spec = aSpec({
      nodeSelector: { a: '1', b: '2' },
      selector: {
        matchLabels: { c: '3' },
        matchExpressions: [
          { key: 'd', operator: 'In', values: ['4', '5'] },
          { key: 'e', operator: 'NotIn', values: ['6', '7'] },
          { key: 'f', operator: 'Exists' },
          { key: 'g', operator: 'DoesNotExist' },
        ],
      },
    });

    expect(selectorText(spec)).toBe('a=1,b=2,c=3,d in (4,5),e notin (6,7),f,!g');
  });

  // Only an object from before the rule against it holds an empty set.
  it.each([
    { operator: 'In', values: undefined, text: 'zone,!zone' },
    { operator: 'In', values: [], text: 'zone,!zone' },
    { operator: 'NotIn', values: undefined, text: '' },
    { operator: 'NotIn', values: [], text: '' },
  ] as const)('writes zone $operator $values so that it means what it says', (requirement) => {
    const { operator, values, text } = requirement;

    expect(selectorText(requiring(operator, values && [...values]))).toBe(text);
  });

  it('is empty for no selector', () => {
    expect(selectorText(aSpec({}))).toBe('');
  });
});

describe('coverText', () => {
  const zone = (...values: string[]) => requiring('In', values);
  const inZone = aSpec({ nodeSelector: { zone: 'a', ng: 'x' } });
  const many = Array.from({ length: 300 }, (_, index) => zone(`zone-${index}`));

  it.each([
    { what: 'nothing', specs: [], text: '' },
    { what: 'one', specs: [inZone], text: 'zone=a,ng=x' },
    { what: 'equal ones', specs: [inZone, inZone], text: 'zone=a,ng=x' },
    { what: 'a label in common', specs: [inZone, zone('b', 'c')], text: 'zone in (a,b,c)' },
    { what: 'values twice', specs: [zone('a', 'b'), zone('b')], text: 'zone in (a,b)' },
    { what: 'any value', specs: [inZone, requiring('Exists')], text: 'zone' },
    {
      what: 'the label with fewer values',
      specs: [inZone, aSpec({ nodeSelector: { zone: 'b', ng: 'x' } })],
      text: 'ng in (x)',
    },
    { what: 'no label in common', specs: [inZone, aSpec({ nodeSelector: { b: 'c' } })], text: '' },
    { what: 'what must not be there', specs: [inZone, requiring('DoesNotExist')], text: '' },
    { what: 'other values', specs: [inZone, requiring('NotIn', ['b'])], text: '' },
    { what: 'no values', specs: [inZone, requiring('In', [])], text: '' },
    { what: 'more values than a list is the cheaper for', specs: many, text: '' },
  ])('of $what', ({ specs, text }) => {
    expect(coverText(specs)).toBe(text);
  });
});
