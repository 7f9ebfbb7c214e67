import { describe, expect, it } from 'vitest';
import {
  attachmentOf,
  isDesired,
  isUnattended,
  type Row,
  rowsOf,
  unadoptedRow,
  unreadyReason,
} from '#core/controllers/roll-up/rows.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  aRecord,
  aState,
  INSTANCE_ID,
  NOW,
} from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ATTACHED = {
  phase: 'Attached',
  reason: 'Attached',
  message: 'Attached.',
  since: ago(60),
} as const;
const HOST = { eniId: 'eni-1', generation: 1, configured: true };

/** What the documents of the Go controller print in columns. */
const GO_FIELDS = [
  ...['nodeID', 'instanceID', 'eniID', 'attachmentID'],
  ...['subnetID', 'subnetCIDR', 'status', 'lastUpdated'],
];

const aRow = (row: Partial<Row> = {}): Row => ({
  slot: SLOT,
  instanceId: INSTANCE_ID,
  nodeName: 'node-1',
  status: ATTACHED,
  record: aRecord(),
  host: undefined,
  hasAgent: false,
  ...row,
});

const aStateOf = (name: string, nodeName: string | undefined, slots: readonly string[]) => {
  const state = aState(Object.fromEntries(slots.map((slot) => [slot, aRecord()])));
  const { nodeName: _, ...spec } = state.spec;
  return {
    ...state,
    metadata: { name, uid: name },
    spec: { ...spec, ...(nodeName && { nodeName }) },
  };
};

describe('rowsOf', () => {
  it.each<[string, number | undefined, boolean]>([
    ['an earlier generation', 1, true],
    ['this generation', 2, false],
    ['a later one than was read', 3, false],
    ['none, as before rows told it', undefined, false],
  ])('tells whether a status lags behind an edit: it speaks of %s', (_name, generation, isOld) => {
    const row = { ...ATTACHED, ...(generation && { nodeEniGeneration: generation }) };
    const state = aState({ [SLOT]: aRecord() }, { interfaces: { [SLOT]: row } });

    expect(rowsOf('data', [state], 2)).toMatchObject([{ isBehind: isOld }]);
    expect(rowsOf('data', [state])).toMatchObject([{ isBehind: false }]);
  });

  it('finds the slots of one NodeENI, recorded or only told of', () => {
    const told = { [SLOT]: ATTACHED, 'data/subnet-c': ATTACHED };
    const state = aState({ [SLOT]: aRecord(), 'other/subnet-b': aRecord() }, { interfaces: told });

    const rows = rowsOf('data', [state]);

    expect(rows.map(({ slot }) => slot)).toEqual([SLOT, 'data/subnet-c']);
    expect(rows.map(({ record }) => record !== undefined)).toEqual([true, false]);
  });

  it('sorts by node, then by instance, then by slot', () => {
    const rows = rowsOf('data', [
      aStateOf('i-4', 'node-b', ['data/subnet-a']),
      aStateOf('i-3', 'node-a', ['data/subnet-b', 'data/subnet-a']),
      aStateOf('i-2', undefined, ['data/subnet-a']),
      aStateOf('i-1', undefined, ['data/subnet-a']),
    ]);

    expect(rows.map(({ instanceId, slot }) => `${instanceId} ${slot}`)).toEqual([
      'i-1 data/subnet-a',
      'i-2 data/subnet-a',
      'i-3 data/subnet-a',
      'i-3 data/subnet-b',
      'i-4 data/subnet-a',
    ]);
  });

  it.each([
    { name: 'this ENI in this generation', host: HOST, isHeard: true },
    { name: 'another ENI', host: { ...HOST, eniId: 'eni-0' }, isHeard: false },
    { name: 'another generation', host: { ...HOST, generation: 0 }, isHeard: false },
  ])('hears a host that speaks of $name: $isHeard', ({ host, isHeard }) => {
    const [row] = rowsOf('data', [aState({ [SLOT]: aRecord() }, { host: { [SLOT]: host } })]);

    expect(row).toMatchObject({ hasAgent: true, host: isHeard ? host : undefined });
  });

  it('knows no agent where nobody has reported', () => {
    const { status: _, ...state } = aState({ [SLOT]: aRecord() });

    expect(rowsOf('data', [state])).toMatchObject([{ hasAgent: false, status: undefined }]);
  });

  it('takes what commands reported of their own slots for no agent, and waits for it there', () => {
    const byCommand = aRecord({ host: 'SSM' });
    const state = aState(
      { [SLOT]: aRecord(), 'other/subnet-b': byCommand },
      {
        host: { 'other/subnet-b': HOST },
      },
    );

    expect(rowsOf('data', [state])).toMatchObject([{ hasAgent: false }]);
    expect(rowsOf('other', [state])).toMatchObject([{ hasAgent: true }]);
  });

  it('hears no host of a slot that has no record', () => {
    const state = aState({}, { interfaces: { [SLOT]: ATTACHED }, host: { [SLOT]: HOST } });

    expect(rowsOf('data', [state])[0]?.host).toBeUndefined();
  });
});

describe('unreadyReason', () => {
  const reasonOf = (row: Partial<Row>) => unreadyReason(aRow(row))?.reason;

  it.each<[string, Partial<Row>, string | undefined]>([
    ['of which nothing is said', { status: undefined }, 'InProgress'],
    [
      'that fails',
      { status: { ...ATTACHED, phase: 'Failed', reason: 'SubnetFull' } },
      'SubnetFull',
    ],
    ['in a phase of its own', { status: { ...ATTACHED, phase: 'Pending' } }, 'Attached'],
    ['that is attached and drifts', { status: { ...ATTACHED, reason: 'Drift' } }, 'Drift'],
    ['that is attached where no agent reports', {}, undefined],
    ['whose host is silent', { hasAgent: true }, 'WaitingForHost'],
    ['whose host did it', { hasAgent: true, host: HOST }, undefined],
    [
      'whose host did not',
      { hasAgent: true, host: { ...HOST, configured: false, reason: 'MtuTooLarge' } },
      'MtuTooLarge',
    ],
    [
      'whose link nobody manages',
      { hasAgent: true, record: aRecord({ linkMode: 'Unmanaged' }) },
      undefined,
    ],
    ['without a record', { hasAgent: true, record: undefined }, 'WaitingForHost'],
  ])('of a slot %s', (_name, row, reason) => {
    expect(reasonOf(row)).toBe(reason);
  });

  it("passes the host's own sentence on", () => {
    const host = { ...HOST, configured: false, message: 'The MTU is too large.' };

    expect(unreadyReason(aRow({ hasAgent: true, host }))?.message).toBe('The MTU is too large.');
  });
});

describe('isDesired', () => {
  it.each<[string, Partial<Row>, boolean]>([
    ['an attached slot', {}, true],
    ['a slot of which nothing is said', { status: undefined, record: undefined }, true],
    ['a slot that is to be released', { record: aRecord({ phase: 'Releasing' }) }, false],
    ['a slot in release', { status: { ...ATTACHED, phase: 'Releasing' } }, false],
    ['a slot of another zone', { status: { ...ATTACHED, phase: 'Skipped' } }, false],
    ['a slot kept after its instance', { status: { ...ATTACHED, phase: 'Retained' } }, false],
  ])('counts %s: %o %s', (_name, row, isAsked) => {
    expect(isDesired(aRow(row))).toBe(isAsked);
  });
});

describe('isUnattended', () => {
  it.each<[string, Partial<Row>, boolean]>([
    ['attached where nobody reports', {}, true],
    ['attached where somebody reports', { hasAgent: true }, false],
    ['not attached', { status: { ...ATTACHED, phase: 'Pending' } }, false],
    ['not told of', { status: undefined }, false],
    ['left to somebody else', { record: aRecord({ linkMode: 'Unmanaged' }) }, false],
    ['without a record', { record: undefined }, true],
  ])('is told of an interface that is %s: %o %s', (_name, row, isReported) => {
    expect(isUnattended(aRow(row))).toBe(isReported);
  });
});

describe('attachmentOf', () => {
  const written = attachmentOf(aRow(), [], NOW);

  it('keeps the time of a row that says the same, and renews it for one that does not', () => {
    const later = new Date(NOW.getTime() + 60_000);
    const same = attachmentOf(aRow(), [written], later);
    const changed = attachmentOf(aRow({ nodeName: 'node-2' }), [written], later);
    const shrunk = attachmentOf(aRow({ nodeName: undefined }), [written], later);

    expect(written.lastUpdated).toBe(NOW.toISOString());
    expect(same.lastUpdated).toBe(NOW.toISOString());
    expect(changed.lastUpdated).toBe(later.toISOString());
    expect(shrunk.lastUpdated).toBe(later.toISOString());
  });

  it('compares a row with that of its own instance and subnet', () => {
    const later = new Date(NOW.getTime() + 60_000);
    const others = [
      { ...written, instanceID: 'i-other', lastUpdated: ago(1) },
      { ...written, subnetID: 'subnet-b', lastUpdated: ago(2) },
    ];

    expect(attachmentOf(aRow(), [...others, written], later).lastUpdated).toBe(NOW.toISOString());
    expect(attachmentOf(aRow(), others, later).lastUpdated).toBe(later.toISOString());
  });

  it('dates a row anew that never had a date', () => {
    const { lastUpdated: _, ...undated } = written;

    expect(attachmentOf(aRow(), [undated], NOW).lastUpdated).toBe(NOW.toISOString());
  });

  it('tells the MTU that the host has read, and before that the one that was asked for', () => {
    const record = aRecord({ mtu: 9001 });
    const host = { eniId: record.eniId ?? '', generation: record.generation, mtu: 1500 };

    expect(attachmentOf(aRow({ record }), [], NOW)).toMatchObject({ mtu: 9001 });
    expect(attachmentOf(aRow({ record, host }), [], NOW)).toMatchObject({ mtu: 1500 });
  });

  it('takes the subnet from the slot while there is no record, and says why it waits', () => {
    const row = aRow({ record: undefined, status: undefined, nodeName: undefined });

    expect(attachmentOf(row, [], NOW)).toEqual({
      nodeID: INSTANCE_ID,
      instanceID: INSTANCE_ID,
      eniID: 'pending',
      attachmentID: 'pending',
      subnetID: 'subnet-a',
      subnetCIDR: 'pending',
      status: 'pending',
      reason: 'InProgress',
      message: 'Not reconciled yet.',
      lastUpdated: NOW.toISOString(),
    });
  });

  it.each(['Pending', 'Failed', 'Skipped', 'Releasing', 'Retained', 'Attached'] as const)(
    'has the fields of every other row while its phase is %s, and says so where it knows no more',
    (phase) => {
      const status = { ...ATTACHED, phase };
      const row = aRow({ record: undefined, status, nodeName: undefined });

      const attachment = attachmentOf(row, [], NOW);

      expect(Object.keys(written)).toEqual(expect.arrayContaining(GO_FIELDS));
      expect(Object.keys(attachment)).toEqual(expect.arrayContaining(GO_FIELDS));
      expect(attachment.eniID).toBe(phase.toLowerCase());
      expect(attachment.status).toBe(phase.toLowerCase());
    },
  );

  it('tells of DPDK only where it is asked for', () => {
    const dpdk = { driver: 'vfio-pci', resourceName: 'intel.com/a' };
    const host = { ...HOST, driver: 'vfio-pci', pciAddress: '0000:00:06.0' };

    expect(attachmentOf(aRow({ record: aRecord({ dpdk }), host }), [], NOW)).toMatchObject({
      dpdkBound: true,
      dpdkDriver: 'vfio-pci',
      dpdkResourceName: 'intel.com/a',
      dpdkPCIAddress: '0000:00:06.0',
    });
    expect(
      attachmentOf(aRow({ record: aRecord({ dpdk }), host: { ...host, driver: 'ena' } }), [], NOW),
    ).toMatchObject({ dpdkBound: false, dpdkDriver: 'ena' });
    expect(attachmentOf(aRow({ host }), [], NOW)).not.toHaveProperty('dpdkBound');
    expect(attachmentOf(aRow({ host }), [], NOW)).not.toHaveProperty('dpdkDriver');
  });

  it('tells of a resource that is advertised without DPDK', () => {
    const record = aRecord({ resourceName: 'intel.com/b' });

    expect(attachmentOf(aRow({ record }), [], NOW).dpdkResourceName).toBe('intel.com/b');
  });

  it('says that nobody reports only of a row that is well otherwise', () => {
    const drifting = aRow({ status: { ...ATTACHED, reason: 'Drift' } });

    expect(written.message).toBe('Attached. No agent has reported from its host.');
    expect(attachmentOf(drifting, [], NOW).message).toBe('Attached.');
    expect(attachmentOf(aRow({ hasAgent: true }), [], NOW).message).toBe('Attached.');
  });
});

describe('unadoptedRow', () => {
  it('keeps what the Go controller wrote, and says where the ENI really is', () => {
    const row = { nodeID: 'node-1', instanceID: 'i-old', status: 'attached', deviceIndex: 2 };

    expect(unadoptedRow({ eni: anEni(), row }, aNodeEni())).toMatchObject({
      ...row,
      eniID: 'eni-1',
      subnetID: 'subnet-a',
      instanceID: INSTANCE_ID,
      reason: 'NeedsAdoption',
      message: expect.stringContaining('nodeeni adopt data'),
    });
  });

  it('believes the row of an ENI that is attached nowhere', () => {
    const row = { instanceID: 'i-old' };

    expect(unadoptedRow({ eni: anAvailableEni(), row }, aNodeEni()).instanceID).toBe('i-old');
    expect(unadoptedRow({ eni: anAvailableEni() }, aNodeEni())).not.toHaveProperty('instanceID');
  });
});
