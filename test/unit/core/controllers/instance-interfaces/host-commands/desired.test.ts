import { describe, expect, it } from 'vitest';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import {
  desiredDocument,
  digestOf,
} from '#core/controllers/instance-interfaces/host-commands/desired.ts';
import { aRecord } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const RECORD = aRecord({ macAddress: '02:00:00:00:00:01', mtu: 9001 });

interface Document {
  readonly spec: { readonly interfaces: Readonly<Record<string, Partial<SlotSpec>>> };
  readonly status: { readonly host: object };
}

const documentOf = (...given: Parameters<typeof desiredDocument>) =>
  JSON.parse(desiredDocument(...given)) as Document;

const without = (field: 'eniId' | 'macAddress'): SlotSpec => {
  const { [field]: _, ...rest } = RECORD;
  return rest as SlotSpec;
};

describe('desiredDocument', () => {
  it('tells only of interfaces that a host can find', () => {
    const { spec } = documentOf({
      [SLOT]: RECORD,
      'data/subnet-b': without('eniId'),
      'data/subnet-c': without('macAddress'),
    });

    expect(Object.keys(spec.interfaces)).toEqual([SLOT]);
  });

  it('keeps to itself what a host does not need', () => {
    const { spec } = documentOf({ [SLOT]: RECORD });

    expect(spec.interfaces[SLOT]).toMatchObject({ eniId: 'eni-1', generation: 1, mtu: 9001 });
    expect(spec.interfaces[SLOT]).not.toHaveProperty('create');
  });

  it('tells where a device was seen last, of this ENI and of no other', () => {
    const row = { eniId: 'eni-1', generation: 1, pciAddress: '0000:00:06.0', configured: true };
    const { pciAddress: _, ...unseen } = row;

    const { status } = documentOf(
      { [SLOT]: RECORD, 'data/subnet-b': RECORD, 'data/subnet-c': RECORD },
      {
        [SLOT]: row,
        'data/subnet-b': { ...row, eniId: 'eni-0' },
        'data/subnet-c': unseen,
        'data/subnet-d': row,
      },
    );

    expect(status.host).toEqual({
      [SLOT]: { eniId: 'eni-1', generation: 1, pciAddress: '0000:00:06.0' },
    });
  });
});

describe('digestOf', () => {
  it('changes with what is asked of the host, and with nothing else', () => {
    const digest = digestOf({ [SLOT]: RECORD });

    expect(digestOf({ [SLOT]: { ...RECORD, userTags: { team: 'core' } } })).toBe(digest);
    expect(digestOf({ [SLOT]: { ...RECORD, mtu: 1500 } })).not.toBe(digest);
    expect(digestOf({ [SLOT]: { ...RECORD, generation: 2 } })).not.toBe(digest);
    expect(digestOf({ 'data/subnet-b': RECORD })).not.toBe(digest);
  });
});
