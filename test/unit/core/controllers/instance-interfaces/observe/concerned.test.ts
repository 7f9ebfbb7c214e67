import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import {
  asking,
  concerning,
  type Known,
} from '#core/controllers/instance-interfaces/observe/concerned.ts';
import { aNode, aNodeEni, anEni, aRecord, aState } from '#test/support/builders.ts';

const named = (name: string, nodeSelector: Record<string, string>): NodeEni => ({
  ...aNodeEni({ nodeSelector }),
  metadata: { ...aNodeEni().metadata, name, uid: `uid-of-${name}` },
});

const known = (more: Partial<Known> = {}): Known => ({
  node: aNode({ labels: { ng: 'multi-eni' } }),
  state: undefined,
  ours: [],
  ...more,
});

const namesOf = (nodeEnis: readonly NodeEni[]) => nodeEnis.map(({ metadata }) => metadata.name);

const ALL = [
  named('recorded', { ng: 'a' }),
  named('tagged', { ng: 'b' }),
  named('here', { ng: 'multi-eni' }),
  named('elsewhere', { ng: 'c' }),
];

describe('the NodeENIs that matter to an instance', () => {
  it('are those that its labels fit', () => {
    expect(namesOf(concerning(known(), ALL))).toEqual(['here']);
    expect(namesOf(asking(known(), ALL))).toEqual(['here']);
  });

  it('are those that have something on it, too, whatever its labels are now', () => {
    const present = known({
      state: aState({ 'recorded/subnet-a': aRecord() }),
      ours: [anEni({ tags: { [TAGS.uid]: 'uid-of-tagged' } })],
    });

    expect(namesOf(concerning(present, ALL))).toEqual(['recorded', 'tagged', 'here']);
    expect(namesOf(asking(present, ALL)).toSorted()).toEqual(['here', 'recorded', 'tagged']);
  });

  it('may be all while its labels are not known, and those that a promise selects are looked up', () => {
    const young = known({ node: undefined, predictedLabels: { ng: 'multi-eni' } });

    expect(concerning(young, ALL)).toEqual(ALL);
    expect(namesOf(asking(young, ALL))).toEqual(['here']);
  });

  it('are found without a reconcile at every one for every node', () => {
    let reads = 0;
    const all = Array.from({ length: 400 }, (_, index) => {
      const nodeEni = named(`tenant-${index}`, {});
      const spec = { ...nodeEni.spec };
      Object.defineProperty(spec, 'nodeSelector', {
        get: () => {
          reads += 1;
          return { tenant: `t-${index}` };
        },
      });
      return { ...nodeEni, spec };
    });

    for (let node = 0; node < 400; node += 1)
      concerning(known({ node: aNode({ labels: { tenant: `t-${node}` } }) }), all);

    expect(reads).toBeLessThan(2_000);
  });
});
