import { describe, expect, it } from 'vitest';
import { foreignRowsOf, isForeignRow, wantsDpdk } from '#core/apis/v1alpha1/node-eni.ts';
import { nodeEniNameOf, slotOf } from '#core/apis/v1alpha1/node-eni-state.ts';
import { aNodeEni } from '#test/support/builders.ts';

describe('wantsDpdk', () => {
  it.each([
    { flags: {}, wants: false },
    { flags: { enableDPDK: true }, wants: true },
    { flags: { dpdkEnabled: true }, wants: true },
    { flags: { enableDPDK: true, dpdkEnabled: true }, wants: true },
    // The rules refuse it today; an object stored before them may say it.
    { flags: { enableDPDK: false, dpdkEnabled: true }, wants: true },
    { flags: { enableDPDK: false, dpdkEnabled: false }, wants: false },
  ])('is $wants for $flags', ({ flags, wants }) => {
    expect(wantsDpdk(aNodeEni(flags).spec)).toBe(wants);
  });
});

describe('isForeignRow', () => {
  it.each([
    { row: { eniID: 'eni-1' }, isForeign: true },
    { row: { eniID: 'eni-1', reason: 'NeedsAdoption' }, isForeign: true },
    { row: { eniID: 'eni-1', reason: 'Attached' }, isForeign: false },
    { row: { eniID: 'eni-1', reason: '' }, isForeign: false },
  ])('is $isForeign for $row', ({ row, isForeign }) => {
    expect(isForeignRow(row)).toBe(isForeign);
  });
});

describe('foreignRowsOf', () => {
  it('leaves out a row about an ENI that another row says was given up (seed 9673)', () => {
    const adoptable = { eniID: 'eni-1', instanceID: 'i-2', reason: 'NeedsAdoption' };
    const other = { ...adoptable, eniID: 'eni-2' };
    const taken = { eniID: 'eni-1', instanceID: 'i-1', reason: 'AttachedElsewhere' };

    expect(foreignRowsOf({ status: { attachments: [adoptable, other, taken] } })).toEqual([other]);
    expect(foreignRowsOf({})).toEqual([]);
  });

  it.each(['pending', 'failed', ''])(
    'leaves out a row with %j where the id of an ENI belongs',
    (eniID) => {
      const row = { eniID, instanceID: 'i-1', reason: 'NeedsAdoption' };

      expect(foreignRowsOf({ status: { attachments: [row] } })).toEqual([]);
    },
  );
});

describe('A slot', () => {
  it.each([
    { nodeEni: 'data', subnet: 'subnet-a' },
    { nodeEni: 'data.team-1', subnet: 'subnet-a' },
    { nodeEni: 'data', subnet: 'a/name/with/slashes' },
  ])('tells the NodeENI it belongs to: $nodeEni, $subnet', ({ nodeEni, subnet }) => {
    expect(nodeEniNameOf(slotOf(nodeEni, subnet))).toBe(nodeEni);
  });

  it('is another one for each NodeENI and each subnet', () => {
    const slots = ['data', 'voice'].flatMap((nodeEni) =>
      ['subnet-a', 'subnet-b'].map((subnet) => slotOf(nodeEni, subnet)),
    );

    expect(new Set(slots).size).toBe(4);
  });
});
