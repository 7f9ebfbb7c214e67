import { describe, expect, it } from 'vitest';
import { loadNodeEni, tooMuchIn } from '#core/apis/v1alpha1/load.ts';
import { nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';

const fine = { nodeSelector: { ng: 'multi-eni' }, subnetID: 'subnet-1' };

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `subnet-${index}`);

const labels = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, 'a']));

const faultsOf = (spec: object): readonly string[] => {
  const manifest = {
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name: 'data' },
    spec: { ...fine, ...spec },
  };
  const loaded = loadNodeEni(manifest);
  return 'faults' in loaded ? loaded.faults : [];
};

const requirement = (count: number) => ({
  selector: { matchExpressions: [{ key: 'a', operator: 'In', values: many(count) }] },
});

describe('the bounds of a spec', () => {
  it.each<[string, object]>([
    ['32 subnets', { subnetIDs: many(32), subnetNames: many(32) }],
    ['32 groups', { securityGroupIDs: many(32), securityGroupNames: many(32) }],
    [
      'the short ids of the manuals',
      { subnetID: 'subnet-vpc1', securityGroupIDs: ['sg-tenant-a'] },
    ],
    ['an id of 255 characters', { subnetIDs: ['s'.repeat(255)] }],
    ['no id, as a template leaves it', { subnetID: '', subnetIDs: ['subnet-1'] }],
    ['a name of 256 characters of any kind', { subnetNames: ['𝄞'.repeat(256)] }],
    ['64 labels', { nodeSelector: labels(64), selector: { matchLabels: labels(64) } }],
    ['128 values', requirement(128)],
    ['a label key with the longest prefix', { nodeSelector: { [`${'p'.repeat(253)}/k`]: 'a' } }],
  ])('let pass %s', (_what, spec) => {
    expect(faultsOf(spec)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['33 subnets', { subnetIDs: many(33) }, 'spec.subnetIDs: at most 32 items, and there are 33'],
    ['33 names', { subnetNames: many(33) }, 'spec.subnetNames: at most 32 items'],
    ['33 groups', { securityGroupIDs: many(33) }, 'spec.securityGroupIDs: at most 32 items'],
    ['an id too long', { subnetID: 's'.repeat(256) }, 'spec.subnetID: at most 255 characters'],
    ['a name too long', { subnetName: 'ü'.repeat(257) }, 'spec.subnetName: at most 256 characters'],
    ['an id that is a pattern', { subnetIDs: ['subnet-*'] }, 'spec.subnetIDs[0]: use letters'],
    ['an id with a mark', { securityGroupIDs: ['sg-?'] }, 'spec.securityGroupIDs[0]: use letters'],
    ['an id with a backslash', { subnetID: 'subnet-\\' }, 'spec.subnetID: use letters'],
    ['65 labels', { nodeSelector: labels(65) }, 'spec.nodeSelector: at most 64 entries'],
    [
      '129 values',
      requirement(129),
      'spec.selector.matchExpressions[0].values: at most 128 items, and there are 129',
    ],
    [
      'a resource name too long',
      { dpdkResourceName: 'r'.repeat(318) },
      'spec.dpdkResourceName: at most 317 characters',
    ],
  ])('refuse %s by its path', (_what, spec, fault) => {
    expect(faultsOf(spec)).toEqual([expect.stringContaining(fault)]);
  });

  it('are reported once where the schema tells the same', () => {
    expect(faultsOf({ description: 'd'.repeat(256) })).toHaveLength(1);
  });

  it('keep nothing that was stored before them from being read', () => {
    const stored = { ...fine, subnetIDs: many(5_000), securityGroupIDs: ['sg-*'] };

    const { success, data } = nodeEniSpecSchema.safeParse(stored);

    expect(success).toBe(true);
    expect(tooMuchIn(data ?? {})).toEqual([
      'spec.subnetIDs: at most 32 items, and there are 5000',
      'spec.securityGroupIDs[0]: use letters, digits and "-" only',
    ]);
  });
});
