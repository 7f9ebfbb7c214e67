import { describe, expect, it } from 'vitest';
import { parseFieldSelector, parseLabelSelector } from '#simulator/kubernetes/selectors.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['', { a: 'b' }, true],
    ['a=b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a==b', { a: 'b' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['!a', { a: 'b' }, false],
    ['a in (b, c)', { a: 'c' }, true],
    ['a in (b,c)', {}, false],
    ['a notin (b,c)', {}, true],
    ['a notin (b,c)', { a: 'b' }, false],
    ['x.io/a in (b,c),d!=e,!f', { 'x.io/a': 'b', d: 'g' }, true],
    ['x.io/a in (b,c),d!=e,!f', { 'x.io/a': 'b', d: 'e' }, false],
  ])('%s on %j is %s', (selector, labels, isSelected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(isSelected);
  });

  it.each(['a in b', 'a in (b', '=b', 'a=b=c', 'a>'])('refuses %s', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow('unable to parse requirement');
  });
});

describe('parseFieldSelector', () => {
  const object = { metadata: { name: 'a', namespace: 'default' } };

  it.each([
    ['', true],
    ['metadata.name=a', true],
    ['metadata.name==b', false],
    ['metadata.name!=b', true],
    ['metadata.name=a,metadata.namespace=other', false],
  ])('%s is %s', (selector, isSelected) => {
    expect(parseFieldSelector(selector)(object)).toBe(isSelected);
  });

  it('refuses other fields', () => {
    expect(() => parseFieldSelector('spec.nodeName=a')).toThrow('field label not supported');
  });
});
