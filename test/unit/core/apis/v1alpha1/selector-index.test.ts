import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { selects } from '#core/apis/v1alpha1/selector.ts';
import { createLabelIndex, createSelectorIndex } from '#core/apis/v1alpha1/selector-index.ts';

type Selecting = Pick<NodeEniSpec, 'nodeSelector' | 'selector'>;

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('1', '2', '');
const labels = fc.dictionary(key, value, { noNullPrototype: true });
const requirement = fc.record({
  key,
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: fc.array(value, { maxLength: 3 }),
});
const selecting: fc.Arbitrary<Selecting> = fc.record({
  nodeSelector: labels,
  selector: fc.record({
    matchLabels: labels,
    matchExpressions: fc.array(requirement, { maxLength: 2 }),
  }),
});

const chosen = (specs: readonly Selecting[], node: Readonly<Record<string, string>>) =>
  specs.filter((spec) => selects(spec as NodeEniSpec, node));

describe('createSelectorIndex', () => {
  it('finds every selector that selects, in their order', () => {
    fc.assert(
      fc.property(fc.array(selecting), labels, (specs, node) => {
        const found = createSelectorIndex(specs, (spec) => spec)(node);

        expect(chosen(found, node)).toEqual(chosen(specs, node));
      }),
    );
  });

  it('finds a selector by the rarest of its labels, and so not on every node', () => {
    const specs = Array.from({ length: 100 }, (_, index) => ({
      nodeSelector: { os: 'linux', tenant: `t-${index}` },
    }));

    const find = createSelectorIndex(specs, (spec) => spec);

    expect(find({ os: 'linux', tenant: 't-7' })).toEqual([specs[7]]);
    expect(find({ os: 'linux' })).toEqual([]);
  });

  it('finds by any node those that only say what it must not carry', () => {
    const spec: Selecting = {
      selector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] },
    };

    expect(createSelectorIndex([spec], (it) => it)({ a: '1' })).toEqual([spec]);
  });
});

describe('createLabelIndex', () => {
  it('finds every node that is selected, in their order', () => {
    fc.assert(
      fc.property(fc.array(labels), selecting, (all, spec) => {
        const nodes = all.map((labelsOf, index) => ({ labels: labelsOf, index }));
        const isSelected = (node: (typeof nodes)[number]) =>
          selects(spec as NodeEniSpec, node.labels);

        const found = createLabelIndex(nodes)(spec).filter(isSelected);

        expect(new Set(found)).toEqual(new Set(nodes.filter(isSelected)));
      }),
    );
  });
});
