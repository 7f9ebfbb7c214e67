import { describe, expect, it } from 'vitest';
import { eventsFor } from '#core/controllers/instance-interfaces/status.ts';
import { anObservation, INSTANCE_ID, without } from '#test/support/builders.ts';
import { aRow, SLOT, stored } from './plan/slot-builders.ts';

describe('eventsFor', () => {
  const world = stored({ deviceIndex: 2 }, { interfaces: { [SLOT]: aRow({ phase: 'Pending' }) } });

  it('tells that an interface became ready, and which', () => {
    expect(eventsFor({ [SLOT]: aRow() }, world)).toEqual([
      {
        type: 'Ready',
        reason: 'Attached',
        message: 'Attached.',
        cluster: 'prod',
        nodeEni: 'data',
        instanceId: INSTANCE_ID,
        subnetId: 'subnet-a',
        nodeName: world.node?.name,
        eniId: 'eni-1',
        deviceIndex: 2,
      },
    ]);
  });

  it('knows the subnet of a slot that has no record, and names no ENI', () => {
    const [event] = eventsFor(
      { [SLOT]: aRow({ phase: 'Failed' }) },
      without(anObservation(), 'node'),
    );

    expect(event).toEqual({
      type: 'Failed',
      reason: 'Attached',
      message: 'Attached.',
      cluster: 'prod',
      nodeEni: 'data',
      instanceId: INSTANCE_ID,
      subnetId: 'subnet-a',
    });
  });

  it.each([
    { name: 'is attached and still waits for its host', row: aRow({ reason: 'WaitingForHost' }) },
    { name: 'is on its way', row: aRow({ phase: 'Pending', reason: 'Creating' }) },
  ])('tells nothing of an interface that $name', ({ row }) => {
    expect(eventsFor({ [SLOT]: row }, world)).toEqual([]);
  });

  it('tells a failure once for each reason', () => {
    const failed = aRow({ phase: 'Failed', reason: 'SubnetFull' });
    const failing = stored({}, { interfaces: { [SLOT]: failed } });

    expect(eventsFor({ [SLOT]: { ...failed, message: 'Still.' } }, failing)).toEqual([]);
    expect(eventsFor({ [SLOT]: { ...failed, reason: 'AccessDenied' } }, failing)).toHaveLength(1);
  });

  it.each([
    { phase: 'Attached', isReported: true },
    { phase: 'Releasing', isReported: true },
    { phase: 'Retained', isReported: true },
    { phase: 'Pending', isReported: false },
    { phase: 'Skipped', isReported: false },
  ] as const)('tells of the end of a row that was $phase: $isReported', ({ phase, isReported }) => {
    const before = stored({}, { interfaces: { [SLOT]: aRow({ phase }) } });

    const events = eventsFor({ [SLOT]: null }, before);

    const released = { type: 'Released', reason: 'Released', message: 'The interface is gone.' };
    expect(events).toEqual(isReported ? [expect.objectContaining(released)] : []);
  });

  it('tells nothing of the end of a row that never was', () => {
    expect(eventsFor({ [SLOT]: null }, stored())).toEqual([]);
  });
});
