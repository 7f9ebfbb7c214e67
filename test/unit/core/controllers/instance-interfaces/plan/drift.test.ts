import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { DesiredInterface } from '#core/controllers/instance-interfaces/plan/desired.ts';
import { driftOf } from '#core/controllers/instance-interfaces/plan/drift.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anObservation,
  aRecord,
  aSubnet,
} from '#test/support/builders.ts';

const ENI = { slot: 'data/subnet-a', eniId: 'eni-1' };

const aDesiredInterface = (
  spec: Partial<NodeEniSpec> = {},
  desired: Partial<DesiredInterface> = {},
): DesiredInterface => ({
  slot: 'data/subnet-a',
  nodeEni: aNodeEni(spec),
  subnet: aSubnet(),
  groupIds: ['sg-1'],
  askedIndex: 2,
  isByCommand: false,
  ...desired,
});

const drift = (
  spec: Partial<NodeEniSpec>,
  eni = anEni(),
  { desired = {}, record }: { desired?: Partial<DesiredInterface>; record?: SlotSpec } = {},
) => driftOf(aDesiredInterface(spec, desired), eni, record, anObservation());

describe('driftOf', () => {
  it('finds nothing to mend on an ENI that is as its spec asks', () => {
    expect(drift({})).toEqual([]);
    expect(drift({ sourceDestCheck: true, ipv6AddressCount: 0 })).toEqual([]);
  });

  it('mends the flag first', () => {
    const spec = { deleteOnTermination: false, description: 'd', sourceDestCheck: false };

    expect(drift(spec).map(({ type }) => type)).toEqual([
      'set-delete-on-termination',
      'set-source-dest-check',
      'set-description',
    ]);
    expect(drift({ deleteOnTermination: false })).toEqual([
      { type: 'set-delete-on-termination', ...ENI, attachmentId: 'eni-attach-1', value: false },
    ]);
  });

  it('sets no flag on an ENI that is attached nowhere', () => {
    expect(drift({ deleteOnTermination: false }, anAvailableEni())).toEqual([]);
  });

  it('compares groups without regard to their order, and leaves them to EC2 where none is asked for', () => {
    const eni = anEni({ groupIds: ['sg-2', 'sg-1'] });

    expect(drift({}, eni, { desired: { groupIds: ['sg-1', 'sg-2'] } })).toEqual([]);
    expect(drift({}, eni, { desired: { groupIds: [] } })).toEqual([]);
    expect(drift({}, eni)).toEqual([{ type: 'set-groups', ...ENI, groupIds: ['sg-1'] }]);
  });

  it('sets the check either way, and only where the spec says', () => {
    const off = anEni({ sourceDestCheck: false });

    expect(drift({}, off)).toEqual([]);
    expect(drift({ sourceDestCheck: true }, off)).toEqual([
      { type: 'set-source-dest-check', ...ENI, value: true },
    ]);
    expect(drift({ sourceDestCheck: false })).toEqual([
      { type: 'set-source-dest-check', ...ENI, value: false },
    ]);
  });

  it.each([
    { has: [0, 0], asks: [2, 0], missing: [{ secondaryPrivateIpAddressCount: 2 }] },
    {
      // Two calls, so that EC2 can refuse one of them and take the other.
      has: [1, 0],
      asks: [2, 1],
      missing: [{ secondaryPrivateIpAddressCount: 1 }, { ipv6AddressCount: 1 }],
    },
    { has: [3, 0], asks: [2, 2], missing: [{ ipv6AddressCount: 2 }] },
    { has: [2, 0], asks: [2, 2], missing: [{ ipv6AddressCount: 2 }] },
    { has: [2, 1], asks: [2, 1], missing: [] },
    { has: [3, 3], asks: [1, 1], missing: [] },
  ])(
    'adds the addresses that are missing and takes none away: $has of $asks',
    ({ has: [ipv4, ipv6], asks: [secondaryPrivateIPAddressCount, ipv6AddressCount], missing }) => {
      const eni = anEni({
        secondaryPrivateIpAddresses: Array.from({ length: ipv4 ?? 0 }, (_, i) => `10.0.1.${i}`),
        ipv6Addresses: Array.from({ length: ipv6 ?? 0 }, (_, i) => `fd00::${i}`),
      });

      expect(drift({ secondaryPrivateIPAddressCount, ipv6AddressCount }, eni)).toEqual(
        missing.map((counts) => ({ type: 'assign-addresses', ...ENI, ...counts })),
      );
    },
  );

  it('writes the tags that are missing or wrong, and no other', () => {
    const eni = anEni({ tags: { team: 'core', stage: 'test', owner: 'somebody' } });

    expect(drift({ tags: { team: 'core', stage: 'prod', zone: 'a' } }, eni)).toEqual([
      { type: 'set-tags', ...ENI, tags: { stage: 'prod', zone: 'a' } },
    ]);
  });

  it('takes off tags that the spec had and no longer has, where they still are', () => {
    const eni = anEni({ tags: { team: 'core', stage: 'test', owner: 'somebody' } });
    const record = aRecord({ userTags: { team: 'core', stage: 'test', gone: 'x' } });

    expect(drift({ tags: { stage: 'test' } }, eni, { record })).toEqual([
      { type: 'remove-tags', ...ENI, keys: ['team'] },
    ]);
    expect(drift({ tags: { stage: 'test' } }, eni)).toEqual([]);
  });

  it('takes off the mark of an orphan', () => {
    const eni = anEni({ tags: { [TAGS.orphanSince]: ago(60) } });

    expect(drift({}, eni)).toEqual([{ type: 'remove-tags', ...ENI, keys: [TAGS.orphanSince] }]);
  });
});
