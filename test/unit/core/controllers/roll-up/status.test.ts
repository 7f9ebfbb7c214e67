import { describe, expect, it } from 'vitest';
import type { NodeEni, NodeEniStatus } from '#core/apis/v1alpha1/node-eni.ts';
import type { SlotStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Picture } from '#core/controllers/roll-up/picture.ts';
import type { Row } from '#core/controllers/roll-up/rows.ts';
import { eventsFor, isStatusChanged, statusOf } from '#core/controllers/roll-up/status.ts';
import { ago, aNodeEni, aRecord, NOW } from '#test/support/builders.ts';

const aStatus = (status: Partial<SlotStatus> = {}): SlotStatus => ({
  phase: 'Attached',
  reason: 'Attached',
  message: 'A sentence.',
  since: ago(60),
  ...status,
});

const aRow = (status: Partial<SlotStatus> = {}, row: Partial<Row> = {}): Row => ({
  slot: 'data/subnet-a',
  instanceId: 'i-1',
  nodeName: 'node-1',
  status: aStatus(status),
  record: aRecord(),
  host: undefined,
  hasAgent: false,
  ...row,
});

const failed = (reason: string, row: Partial<Row> = {}) => aRow({ phase: 'Failed', reason }, row);
const pending = (reason: string, row: Partial<Row> = {}) => aRow({ phase: 'Pending', reason }, row);
const skipped = (row: Partial<Row> = {}) =>
  aRow({ phase: 'Skipped', reason: 'OtherZone' }, { record: undefined, ...row });

const told = (picture: Partial<Picture> = {}): NodeEniStatus =>
  statusOf({
    nodeEni: aNodeEni(),
    rows: [],
    unadopted: [],
    matchedNodes: 1,
    faults: [],
    now: NOW,
    ...picture,
  });

const conditionIn = (type: string, picture: Partial<Picture>) =>
  told(picture).conditions?.find((condition) => condition.type === type);

const ready = (picture: Partial<Picture>) => conditionIn('Ready', picture);
/** A NodeENI that has been ready in its generation. */
const settled = (metadata: Partial<NodeEni['metadata']> = {}): NodeEni => ({
  ...aNodeEni({}, metadata),
  status: told({ rows: [aRow()], nodeEni: aNodeEni({}, metadata) }),
});
const readyOf = (...rows: readonly Row[]) => ready({ rows });

describe('the condition Ready', () => {
  it('names the most urgent trouble first, wherever its row stands', () => {
    const rows = [aRow({ reason: 'Drift' }), pending('Creating'), failed('SubnetFull')];

    expect(readyOf(...rows)).toMatchObject({ status: 'False', reason: 'SubnetFull' });
    expect(readyOf(...rows.slice(0, 2))).toMatchObject({ reason: 'InProgress' });
    expect(readyOf(...rows.slice(0, 1))).toMatchObject({ reason: 'Drift' });
  });

  it('counts a row of which nothing is said as pending', () => {
    expect(readyOf(aRow({ reason: 'Drift' }), aRow({}, { status: undefined }))).toMatchObject({
      reason: 'InProgress',
      message: 'node-1: Not reconciled yet.',
    });
  });

  it.each(['NeedsAdoption', 'Paused', 'Throttled', 'InstanceEnding'])(
    'tells what a person must know of a row on its way: %s',
    (reason) => {
      expect(readyOf(pending(reason))).toMatchObject({ reason });
    },
  );

  it('counts the rows alike, and tells where the first one is', () => {
    const other = failed('SubnetFull', { nodeName: undefined, instanceId: 'i-2' });

    expect(readyOf(failed('SubnetFull'))?.message).toBe('node-1: A sentence.');
    expect(readyOf(other)?.message).toBe('i-2: A sentence.');
    expect(readyOf(failed('SubnetFull'), other, failed('AccessDenied'))?.message).toBe(
      '2 interfaces (SubnetFull), first node-1: A sentence. Besides: 1 AccessDenied.',
    );
  });

  it('tells of an instance whose every slot is skipped, and of no other', () => {
    expect(readyOf(skipped(), aRow({}, { slot: 'data/subnet-b' }))).toMatchObject({
      reason: 'AllInterfacesReady',
    });
    expect(readyOf(aRow(), skipped({ instanceId: 'i-2', nodeName: undefined }))).toMatchObject({
      status: 'False',
      reason: 'NoSubnetInZone',
      message: 'i-2: A sentence. Add a subnet of that zone.',
    });
    expect(readyOf(skipped())?.message).toContain('node-1: ');
  });

  it('tells no rows for want of nodes from no rows yet', () => {
    expect(ready({ matchedNodes: 0 })).toMatchObject({
      status: 'False',
      reason: 'NoMatchingNodes',
      message: 'No node matches the selector: ng=multi-eni',
    });
    expect(ready({ matchedNodes: 1 })).toMatchObject({ status: 'False', reason: 'InProgress' });
  });

  it('counts the hosts from which nobody reports, and only those that are asked for', () => {
    const leaving = aRow({}, { record: aRecord({ phase: 'Releasing' }) });

    const rows = [aRow(), aRow({}, { slot: 'data/subnet-b' }), leaving];
    expect(ready({ rows, nodeEni: settled() })?.message).toContain('the hosts of 2,');
    expect(readyOf(aRow({}, { record: aRecord({ linkMode: 'Unmanaged' }) }))?.message).toBe(
      'Every interface is ready.',
    );
  });

  it('names those whose index is another than asked for, and stays ready', () => {
    const displaced = aRow(
      { askedDeviceIndex: 2 },
      { slot: 'data/subnet-b', record: aRecord({ deviceIndex: 3 }) },
    );
    const rows = [aRow({}, { record: aRecord({ deviceIndex: 2 }) }), displaced];

    expect(ready({ rows, nodeEni: settled() })).toMatchObject({
      status: 'True',
      message: expect.stringContaining(
        ' 1 interface has another device index than asked for: on node-1 3 and not 2.',
      ),
    });
    expect(told({ rows }).deviceIndexes).toBe('2,3');
  });

  it.each(['Throttled', 'Creating'])('tells until when it waits for what is %s', (reason) => {
    const rows = [aRow({}, { slot: 'data/subnet-b' }), pending(reason)];

    expect(ready({ rows, expectedEnd: new Date(ago(-300)) })?.message).toBe(
      "node-1: A sentence. 1 of 2 interfaces are ready; EC2's request budget lets the rest come until about 2026-11-21T12:05Z.",
    );
  });

  it('tells no time for what does not come by waiting', () => {
    const rows = [failed('SubnetFull'), pending('Throttled')];

    expect(ready({ rows, expectedEnd: new Date(ago(-300)) })?.message).toBe('node-1: A sentence.');
  });

  it('tells that a spec cannot be read, what to edit, and that nothing is lost', () => {
    const unreadable = { rows: [aRow()], faults: ['spec.mtu: too large'], isReadable: false };

    expect(ready(unreadable)).toMatchObject({
      status: 'False',
      reason: 'UnreadableSpec',
      message:
        'The spec cannot be read: spec.mtu: too large. Edit these fields. Until then nothing is built or changed for it, and its interfaces are kept.',
    });
    expect(ready({ ...unreadable, rows: [], matchedNodes: 0 })?.reason).toBe('UnreadableSpec');
  });

  it('tells a deletion before a spec that cannot be read', () => {
    const nodeEni = aNodeEni({}, { deletionTimestamp: ago(5) });

    expect(ready({ nodeEni, isReadable: false })?.reason).toBe('Deleting');
  });

  it('tells first of what waits for adoption', () => {
    const unadopted = [{ eniID: 'eni-9', message: 'Adopt it.' }];

    expect(ready({ rows: [failed('SubnetFull')], unadopted })).toMatchObject({
      status: 'False',
      reason: 'NeedsAdoption',
      message: 'Adopt it.',
    });
    expect(ready({ unadopted: [{ eniID: 'eni-9' }] })?.message).toBe('');
  });

  it('tells of a deletion what still holds it back', () => {
    const nodeEni = aNodeEni({}, { deletionTimestamp: ago(5) });
    const unadopted = [{ eniID: 'eni-9', message: 'Adopt it.' }];

    expect(ready({ nodeEni, rows: [aRow()] })).toMatchObject({
      status: 'False',
      reason: 'Deleting',
      message: '1 interface is still to be released.',
    });
    expect(ready({ nodeEni, rows: [aRow(), aRow()] })?.message).toBe(
      '2 interfaces are still to be released.',
    );
    expect(ready({ nodeEni, unadopted })).toMatchObject({
      reason: 'NeedsAdoption',
      message: 'Adopt it.',
    });
  });
});

describe('the other conditions', () => {
  const REFERENCES = [
    'SubnetNotFound',
    'SubnetAmbiguous',
    'SecurityGroupNotFound',
    'SecurityGroupAmbiguous',
    'InvalidSecurityGroups',
  ];
  const CAPACITY = [
    'InstanceLimitReached',
    'NetworkCardNotFound',
    'SubnetFull',
    'RegionLimitReached',
    'CapacityExceeded',
    'DeviceIndexInUse',
  ];

  it.each([
    ...REFERENCES.map((reason) => ({ reason, type: 'ReferencesResolved' })),
    ...CAPACITY.map((reason) => ({ reason, type: 'CapacityAvailable' })),
  ])('$type is False for $reason, and the other is not', ({ reason, type }) => {
    const rows = [failed('AccessDenied'), failed(reason)];
    const other = type === 'CapacityAvailable' ? 'ReferencesResolved' : 'CapacityAvailable';

    expect(conditionIn(type, { rows })).toMatchObject({ status: 'False', reason });
    expect(conditionIn(other, { rows })).toMatchObject({ status: 'True', message: '' });
  });

  it('are well when nothing is wrong', () => {
    expect(told({ rows: [aRow()] }).conditions).toMatchObject([
      { type: 'Ready', status: 'True', reason: 'AllInterfacesReady' },
      { type: 'SpecValid', status: 'True', reason: 'Valid', message: '' },
      { type: 'NodesServed', status: 'True', reason: 'NoneLeftOut', message: '' },
      { type: 'ReferencesResolved', status: 'True', reason: 'Resolved', message: '' },
      { type: 'CapacityAvailable', status: 'True', reason: 'Available', message: '' },
      { type: 'Throttled', status: 'False', reason: 'WithinBudget', message: '' },
    ]);
  });

  it('count what waits for the request budget', () => {
    const rows = [pending('Throttled'), pending('Throttled'), pending('Creating')];

    expect(conditionIn('Throttled', { rows })).toMatchObject({
      status: 'True',
      reason: 'Throttled',
      message: "2 interfaces wait for EC2's request budget.",
    });
  });

  it('tell until when it waits', () => {
    const rows = [pending('Throttled'), pending('Throttled')];
    const expectedEnd = new Date(ago(-300));

    expect(conditionIn('Throttled', { rows, expectedEnd })?.message).toBe(
      "2 interfaces wait for EC2's request budget, until about 2026-11-21T12:05Z.",
    );
  });

  it('name every rule that the spec breaks', () => {
    expect(conditionIn('SpecValid', { faults: ['no subnet', 'no selector'] })).toMatchObject({
      status: 'False',
      reason: 'InvalidSpec',
      message: 'no subnet; no selector',
    });
  });

  it('keep the time of their last change, and the generation they speak of', () => {
    const rows = [aRow()];
    const before = told({ rows, now: new Date(ago(600)), faults: ['no subnet'] });
    const nodeEni = { ...aNodeEni({}, { generation: 3 }), status: before };

    const { conditions } = told({ nodeEni, rows });

    const times = conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]);
    expect(Object.fromEntries(times ?? [])).toEqual({
      Ready: ago(600),
      SpecValid: NOW.toISOString(),
      NodesServed: ago(600),
      ReferencesResolved: ago(600),
      CapacityAvailable: ago(600),
      Throttled: ago(600),
    });
    expect(conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([
      3, 3, 3, 3, 3, 3,
    ]);
  });
});

describe('after an edit', () => {
  const edited = settled({ generation: 2 });
  const nodeEni = { ...edited, metadata: { ...edited.metadata, generation: 3 } };
  const behind = (status: Partial<SlotStatus> = {}) => aRow(status, { isBehind: true });

  it('Ready is not true before every row speaks of the new generation', () => {
    const one = [aRow(), aRow({}, { slot: 'data/subnet-b' })];

    expect(ready({ nodeEni, rows: [aRow(), behind()] })).toMatchObject({
      status: 'False',
      reason: 'InProgress',
      message: 'node-1: Not reconciled since the last edit.',
      observedGeneration: 3,
    });
    expect(ready({ nodeEni, rows: one })).toMatchObject({ status: 'True', observedGeneration: 3 });
    expect(told({ nodeEni, rows: [aRow(), behind()] }).summary).toBe('1/2');
  });

  it.each(['Skipped', 'Releasing', 'Retained'] as const)(
    'nor before a row that is %s does: the edit may want it',
    (phase) => {
      expect(ready({ nodeEni, rows: [aRow(), behind({ phase })] })).toMatchObject({
        status: 'False',
        reason: 'InProgress',
      });
    },
  );

  it('an old refusal is no refusal of the new generation', () => {
    const rows = [behind({ phase: 'Failed', reason: 'SubnetNotFound' })];

    expect(ready({ nodeEni, rows })).toMatchObject({ status: 'False', reason: 'InProgress' });
    expect(conditionIn('ReferencesResolved', { nodeEni, rows })).toMatchObject({
      status: 'True',
      observedGeneration: 2,
    });
  });

  it.each(['ReferencesResolved', 'CapacityAvailable'])(
    '%s speaks of the old generation until the new one has been reconciled',
    (type) => {
      expect(conditionIn(type, { nodeEni, rows: [behind()] })?.observedGeneration).toBe(2);
      expect(conditionIn(type, { nodeEni, rows: [aRow()] })?.observedGeneration).toBe(3);
    },
  );

  it('what it takes away is gone before Ready is true, and what goes later changes nothing', () => {
    const rows = [aRow(), aRow({ phase: 'Releasing', reason: 'Detaching' })];

    expect(ready({ nodeEni, rows })).toMatchObject({ status: 'False', reason: 'InProgress' });
    expect(ready({ nodeEni: edited, rows })).toMatchObject({ status: 'True' });
  });
});

describe('before the first reconcile', () => {
  it.each(['ReferencesResolved', 'CapacityAvailable'])('nobody knows of %s', (type) => {
    expect(conditionIn(type, {})).toMatchObject({ status: 'Unknown', reason: 'InProgress' });
    expect(conditionIn(type, { matchedNodes: 0 })).toMatchObject({ status: 'True' });
  });
});

describe('a release that does not end', () => {
  const refused = aRow(
    { phase: 'Releasing', reason: 'AccessDenied', message: 'No right' },
    { record: aRecord({ phase: 'Releasing' }) },
  );
  const onItsWay = aRow({ phase: 'Releasing', reason: 'Detaching' });
  const deleted = aNodeEni({}, { deletionTimestamp: ago(5) });

  it('is the reason of Ready and a Warning while deleting', () => {
    const picture = { nodeEni: deleted, rows: [onItsWay, refused] };

    expect(ready(picture)).toMatchObject({
      status: 'False',
      reason: 'AccessDenied',
      message: '2 interfaces are still to be released. node-1: No right.',
    });
    expect(eventsFor(told(picture), undefined)).toMatchObject([
      { type: 'Warning', reason: 'AccessDenied' },
    ]);
  });

  it('is the reason of Ready while the others are well', () => {
    expect(ready({ nodeEni: settled(), rows: [aRow(), refused] })).toMatchObject({
      status: 'False',
      reason: 'AccessDenied',
    });
  });

  it('is told of a paused NodeENI that is deleted', () => {
    expect(ready({ nodeEni: deleted, rows: [pending('Paused')] })?.reason).toBe('Paused');
  });

  it('is not one that only takes its time', () => {
    expect(ready({ nodeEni: deleted, rows: [onItsWay] })?.reason).toBe('Deleting');
    expect(ready({ nodeEni: deleted, rows: [aRow(), failed('SubnetFull')] })?.reason).toBe(
      'Deleting',
    );
  });

  it('names what EC2 shows and no record knows', () => {
    expect(ready({ nodeEni: deleted, remaining: ['eni-7', 'eni-8'] })?.message).toBe(
      '2 interfaces are still to be released. EC2 shows eni-7 and no record.',
    );
  });
});

describe('a matched node without a row', () => {
  const unserved = (nodeName: string, reason = 'NoInstance') => ({
    nodeName,
    reason,
    message: `no ${reason}`,
  });
  const hybrid = { unserved: [unserved('hybrid-1'), unserved('hybrid-2')], unseen: [] };

  it('keeps Ready from being true until it is reconciled', () => {
    const leftOut = { unserved: [], unseen: ['node-2', 'node-3'] };

    expect(ready({ rows: [aRow()], matchedNodes: 3, leftOut })).toMatchObject({
      status: 'False',
      reason: 'InProgress',
      message: '2 of 3 matched nodes have not been reconciled yet, first node-2.',
    });
  });

  it('is named where nobody can serve it, in Ready and in a condition of its own', () => {
    const picture = { rows: [aRow()], matchedNodes: 3, leftOut: hybrid };
    const told = {
      status: 'False',
      reason: 'NoInstance',
      message:
        '2 of 3 matched nodes cannot be served: hybrid-1: no NoInstance; hybrid-2: no NoInstance.',
    };

    expect(ready(picture)).toMatchObject(told);
    expect(conditionIn('NodesServed', picture)).toMatchObject(told);
  });

  it('is named among the first three, and the others are counted', () => {
    const leftOut = {
      unserved: ['a', 'b', 'c', 'd', 'e'].map((name) => unserved(name)),
      unseen: [],
    };

    expect(conditionIn('NodesServed', { matchedNodes: 5, leftOut })?.message).toContain(
      'c: no NoInstance; and 2 more.',
    );
  });

  it('is not waited for when its instance has ended, unless it is the only one', () => {
    const leftOut = { unserved: [unserved('old', 'InstanceEnded')], unseen: [] };

    expect(ready({ rows: [aRow()], matchedNodes: 2, leftOut })?.status).toBe('True');
    expect(ready({ matchedNodes: 1, leftOut })).toMatchObject({ reason: 'InstanceEnded' });
    expect(conditionIn('NodesServed', { rows: [aRow()], leftOut })?.reason).toBe('InstanceEnded');
  });

  it('is not waited for in silence for ever', () => {
    const leftOut = { unserved: [], unseen: ['node-2'] };
    const since = (seconds: number, metadata: Partial<NodeEni['metadata']> = {}) => ({
      ...aNodeEni({}, metadata),
      status: told({ leftOut, matchedNodes: 1, now: new Date(ago(seconds)) }),
    });

    expect(ready({ leftOut, nodeEni: since(899) })?.reason).toBe('InProgress');
    expect(ready({ leftOut, nodeEni: since(900) })).toMatchObject({
      status: 'False',
      reason: 'NotReconciled',
      message: expect.stringContaining('first node-2. That is so for a quarter of an hour'),
    });
    expect(ready({ leftOut, nodeEni: since(900, { generation: 2 }) })?.reason).toBe('InProgress');
    const expectedEnd = new Date(ago(-300));
    expect(ready({ leftOut, expectedEnd, nodeEni: since(900) })?.reason).toBe('InProgress');
    expect(ready({ nodeEni: since(900), rows: [pending('Creating')] })?.reason).toBe('InProgress');
  });

  it('is not what a spec without a subnet waits for', () => {
    const { subnetID: _, ...spec } = aNodeEni().spec;
    const nodeEni = { ...aNodeEni(), spec };

    expect(ready({ nodeEni, faults: ['no subnet'] })).toMatchObject({
      reason: 'InvalidSpec',
      message: 'no subnet',
    });
  });
});

describe('a group that nobody named', () => {
  it('is reported: it is the default one', () => {
    const nodeEni = aNodeEni({ securityGroupIDs: [] });

    expect(ready({ nodeEni, rows: [aRow()] })?.message).toContain('the default group');
    expect(readyOf(aRow())?.message).not.toContain('default');
  });
});

describe('the counts of a status', () => {
  it('hold what is asked for, what is ready, and what matches', () => {
    const rows = [
      aRow(),
      failed('SubnetFull', { slot: 'data/subnet-b' }),
      skipped({ slot: 'data/subnet-c' }),
      aRow({ phase: 'Releasing' }, { slot: 'data/subnet-d' }),
    ];

    expect(told({ rows, matchedNodes: 7 })).toMatchObject({
      matchedNodes: 7,
      desiredInterfaces: 2,
      readyInterfaces: 1,
      summary: '1/2',
      observedGeneration: 1,
      attachmentsOmitted: 0,
    });
    expect(told({ rows }).attachments?.map(({ subnetID, status }) => [subnetID, status])).toEqual([
      ['subnet-a', 'attached'],
      ['subnet-a', 'failed'],
      ['subnet-a', 'releasing'],
    ]);
  });

  it('are zero for an object that the API server has not numbered', () => {
    const { generation: _, ...metadata } = aNodeEni().metadata;

    const status = told({ nodeEni: { ...aNodeEni(), metadata } });

    expect(status.observedGeneration).toBe(0);
    expect(status.conditions?.[0]?.observedGeneration).toBe(0);
  });

  it('list what waits for adoption after the rows', () => {
    const unadopted = [{ eniID: 'eni-9' }];

    expect(told({ rows: [aRow()], unadopted }).attachments?.map(({ eniID }) => eniID)).toEqual([
      'eni-1',
      'eni-9',
    ]);
  });
});

describe('isStatusChanged', () => {
  it('compares what is said', () => {
    expect(isStatusChanged(told(), told(), NOW)).toBe(false);
    expect(isStatusChanged(told(), told({ matchedNodes: 2 }), NOW)).toBe(true);
    expect(isStatusChanged(told(), undefined, NOW)).toBe(true);
  });

  it('takes an expected end that moves for no change, until the one that was reported has passed', () => {
    const rows = [pending('Throttled')];
    const now = told({ rows, expectedEnd: new Date(ago(-300)) });
    const later = told({ rows, expectedEnd: new Date(ago(-600)) });

    expect(isStatusChanged(later, now, NOW)).toBe(false);
    expect(isStatusChanged(later, now, new Date(ago(-301)))).toBe(true);
  });
});

describe('eventsFor', () => {
  const eventsOf = (picture: Partial<Picture>, previous?: NodeEniStatus) =>
    eventsFor(told(picture), previous).map(({ type, reason }) => `${type} ${reason}`);

  it.each<[string, Partial<Picture>, string]>([
    ['trouble', { rows: [failed('SubnetFull')] }, 'Warning SubnetFull'],
    ['success', { rows: [aRow()] }, 'Normal AllInterfacesReady'],
    ['work', { rows: [pending('Creating')] }, 'Normal InProgress'],
    ['a deletion', { nodeEni: aNodeEni({}, { deletionTimestamp: ago(5) }) }, 'Normal Deleting'],
  ])('tells of %s', (_name, picture, event) => {
    expect(eventsOf(picture)).toEqual([event]);
  });

  it('tells nothing twice', () => {
    expect(eventsOf({ rows: [aRow()] }, told({ rows: [aRow()] }))).toEqual([]);
    expect(eventsOf({ rows: [aRow()] }, told())).toEqual(['Normal AllInterfacesReady']);
    expect(eventsFor({}, undefined)).toEqual([]);
    expect(eventsOf({ rows: [aRow()] }, { conditions: [] })).toEqual(['Normal AllInterfacesReady']);
  });
});

describe('the conditions that kstatus reads', () => {
  const standing = (picture: Partial<Picture>) =>
    told(picture)
      .conditions?.filter(({ type }) => ['Reconciling', 'Stalled'].includes(type))
      .map(({ type, status, reason }) => ({ type, status, reason }));

  it('are not there when everything is', () => {
    expect(standing({ rows: [aRow()] })).toEqual([]);
  });

  it.each([
    pending('Creating'),
    pending('Throttled'),
    aRow({ reason: 'Updating' }),
    failed('Error'),
  ])('say Reconciling of what time ends: $status.reason', (row) => {
    expect(standing({ rows: [row] })).toEqual([
      { type: 'Reconciling', status: 'True', reason: readyOf(row)?.reason },
    ]);
  });

  it.each([
    failed('AccessDenied'),
    failed('SubnetFull'),
    pending('Paused'),
    pending('NeedsAdoption'),
  ])('say Stalled of what somebody must end: $status.reason', (row) => {
    expect(standing({ rows: [row] })).toEqual([
      { type: 'Stalled', status: 'True', reason: row.status?.reason },
    ]);
  });

  it('say Stalled of a deletion that is refused, and Reconciling of one on its way', () => {
    const nodeEni = aNodeEni({}, { deletionTimestamp: ago(60) });
    const releasing = (reason: string) => aRow({ phase: 'Releasing', reason });

    expect(standing({ nodeEni, rows: [releasing('AccessDenied')] })).toMatchObject([
      { type: 'Stalled' },
    ]);
    expect(standing({ nodeEni, rows: [releasing('Detaching')] })).toMatchObject([
      { type: 'Reconciling', reason: 'Deleting' },
    ]);
  });

  it('are no reason for a write when only the expected end moves', () => {
    const rows = [pending('Throttled')];
    const at = (seconds: number) =>
      told({ rows, expectedEnd: new Date(NOW.getTime() + seconds * 1000) });

    expect(isStatusChanged(at(700), at(600), NOW)).toBe(false);
  });
});
