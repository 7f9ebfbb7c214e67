import { describe, expect, it } from 'vitest';
import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { planRelease } from '#core/controllers/instance-interfaces/plan/release.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anEni,
  anInstance,
  anObservation,
  aRecord,
  aState,
  NOW,
  without,
} from '#test/support/builders.ts';
import { release } from './a-release.ts';

const SLOT = 'data/subnet-a';
const HOST = { eniId: 'eni-1', generation: 1 };

type Attachment = NonNullable<NetworkInterface['attachment']>;

const attachedAs = (
  attachment: Partial<Attachment>,
  status: NetworkInterface['status'] = 'in-use',
) => {
  const eni = anEni({ status });
  return eni.attachment ? { ...eni, attachment: { ...eni.attachment, ...attachment } } : eni;
};

const aBackOff = (secondsLeft: number) => ({
  reason: 'AccessDenied',
  message: 'No.',
  isRefusal: true,
  until: new Date(NOW.getTime() + secondsLeft * 1000).toISOString(),
  failures: 1,
});

describe('planRelease, for an attached ENI', () => {
  it('detaches it, and records the release first', () => {
    expect(release({ record: aRecord() })).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      action: { type: 'detach', slot: SLOT, eniId: 'eni-1', attachmentId: 'eni-attach-1' },
      record: {
        ...aRecord({ phase: 'Releasing', generation: 2 }),
        releasingSince: NOW.toISOString(),
      },
      report: expect.objectContaining({ phase: 'Releasing', reason: 'Detaching' }),
    });
  });

  it('records what it finds unrecorded', () => {
    expect(release({ record: undefined }).record).toEqual({
      nodeEniUid: 'uid-of-data',
      subnetId: 'subnet-a',
      phase: 'Releasing',
      releasingSince: NOW.toISOString(),
      isSeen: true,
      generation: 2,
      eniId: 'eni-1',
      macAddress: '02:00:00:00:00:01',
    });
  });

  it('records no owner where no tag names one', () => {
    const { [TAGS.uid]: _, ...tags } = anEni().tags;

    expect(release({ eni: { ...anEni(), tags }, record: undefined }).record?.nodeEniUid).toBe('');
  });

  it.each(['running', 'stopped'] as const)('detaches from a %s instance', (state) => {
    expect(release({ observed: { instance: anInstance({ state }) } }).action?.type).toBe('detach');
  });

  it.each(['pending', 'stopping'] as const)('waits for an instance that is %s', (state) => {
    expect(release({ observed: { instance: anInstance({ state }) } })).toMatchObject({
      report: { phase: 'Releasing', reason: 'InstanceBusy' },
      record: { phase: 'Releasing' },
      requeueAfterSeconds: 15,
    });
  });

  it('waits for an instance that EC2 does not show for the moment', () => {
    const observed = without(anObservation({ state: aState() }), 'instance');

    expect(
      planRelease({ slot: SLOT, nodeEni: 'data', eni: anEni(), record: undefined, observed }),
    ).toMatchObject({ report: { reason: 'InstanceBusy' }, record: { phase: 'Releasing' } });
  });

  it('waits for the host, and tells who holds the link', () => {
    const waitingFor = (row: object) =>
      release({ observed: { state: aState({}, { host: { [SLOT]: { ...HOST, ...row } } }) } });

    expect(waitingFor({})).toMatchObject({
      report: { reason: 'WaitingForHost' },
      requeueAfterSeconds: 15,
    });
    expect(waitingFor({ inUseBy: 'pod dpdk-1' })).toMatchObject({
      report: { reason: 'InUse', message: 'pod dpdk-1 still uses the link.' },
    });
    expect(waitingFor({})).not.toHaveProperty('action');
    expect(waitingFor({ released: true }).action?.type).toBe('detach');
  });

  it('waits out a refusal, and no longer', () => {
    const refused = (secondsLeft: number) =>
      release({ record: aRecord({ backOff: aBackOff(secondsLeft) }) });

    expect(refused(1)).toEqual({
      slot: SLOT,
      nodeEni: 'data',
      report: { phase: 'Releasing', reason: 'AccessDenied', message: 'No.' },
      requeueAfterSeconds: 1,
    });
    expect(refused(0).action?.type).toBe('detach');
  });

  it.each([
    { attachment: { status: 'attaching' }, reason: 'Attaching' },
    { attachment: { status: 'detaching' }, reason: 'Detaching' },
  ] as const)('waits while it is $reason', ({ attachment, reason }) => {
    const plan = release({ eni: attachedAs(attachment) });

    expect(plan).toMatchObject({ report: { phase: 'Releasing', reason }, requeueAfterSeconds: 15 });
    expect(plan).not.toHaveProperty('action');
  });

  it.each([
    { seconds: 599, reason: 'Detaching' },
    { seconds: 600, reason: 'DetachStuck' },
  ])('says $reason after $seconds seconds of detaching', ({ seconds, reason }) => {
    const record = aRecord({ phase: 'Releasing', releasingSince: ago(seconds) });

    expect(release({ eni: attachedAs({ status: 'detaching' }), record }).report?.reason).toBe(
      reason,
    );
    expect(
      release({ eni: attachedAs({ status: 'detaching' }), record: undefined }).report?.reason,
    ).toBe('Detaching');
  });

  it('leaves it to EC2 when the instance has ended', () => {
    const instance = anInstance({ state: 'terminated' });

    expect(release({ observed: { instance } })).toMatchObject({
      report: { phase: 'Releasing', reason: 'InstanceEnding' },
      requeueAfterSeconds: 15,
    });
  });

  it('gives up one that somebody attached elsewhere, and takes our tags off it', () => {
    const { action, report } = release({ eni: attachedAs({ instanceId: 'i-other' }) });

    const { [NO_MANAGE_TAG]: _, ...tags } = anEni().tags;
    expect(action).toEqual({ type: 'give-up', slot: SLOT, eniId: 'eni-1', tags });
    expect(report).toMatchObject({ phase: 'Failed', reason: 'AttachedElsewhere' });
  });
});

describe('planRelease, for an ENI that hangs loose', () => {
  it('deletes it, and one whose attachment has ended', () => {
    const deletion = { action: { type: 'delete', slot: SLOT, eniId: 'eni-1' } };

    expect(release({ eni: anAvailableEni() })).toMatchObject(deletion);
    expect(
      release({ eni: attachedAs({ status: 'detached', instanceId: 'i-other' }) }),
    ).toMatchObject(deletion);
  });

  it('waits out a refusal', () => {
    const plan = release({ eni: anAvailableEni(), record: aRecord({ backOff: aBackOff(30) }) });

    expect(plan).toMatchObject({ report: { reason: 'AccessDenied' }, requeueAfterSeconds: 30 });
    expect(plan).not.toHaveProperty('action');
  });

  it.each([
    { name: 'without a mark', mark: undefined, isDeleted: false },
    { name: 'with a mark of 59 seconds', mark: ago(59), isDeleted: false },
    { name: 'with a mark of 60 seconds', mark: ago(60), isDeleted: true },
  ])('deletes what nobody owns: $isDeleted $name', ({ mark, isDeleted }) => {
    const eni = anAvailableEni(mark === undefined ? {} : { tags: { [TAGS.orphanSince]: mark } });
    const others = { nodeEnis: [aNodeEni({}, { name: 'voice' })] };

    expect('action' in release({ eni, record: undefined })).toBe(isDeleted);
    expect('action' in release({ eni, record: undefined, observed: others })).toBe(isDeleted);
  });

  it('deletes what a living NodeENI owns without a mark', () => {
    const nodeEnis = [aNodeEni({}, { name: 'voice' }), aNodeEni()];

    const plan = release({ eni: anAvailableEni(), record: undefined, observed: { nodeEnis } });

    expect(plan.action?.type).toBe('delete');
  });
});

describe('planRelease, for an ENI that EC2 does not show', () => {
  const forgotten = (record: SlotSpec | undefined, deletedSlots: readonly string[] = []) =>
    release({ eni: undefined, record, observed: { deletedSlots } }).record;

  it.each([
    { name: 'in the 119 seconds after its create', seconds: 119, record: undefined },
    { name: 'after 120 seconds', seconds: 120, record: null },
  ])('is forgotten only when it cannot appear any more: $name', ({ seconds, record }) => {
    expect(forgotten(aRecord({ createTriedAt: ago(seconds) }))).toBe(record);
  });

  it('is forgotten at once when this reconcile deleted it, or when no call was made', () => {
    const { create: _, ...uncalled } = aRecord({ createTriedAt: ago(5) });

    expect(forgotten(aRecord({ createTriedAt: ago(5) }), [SLOT])).toBeNull();
    expect(forgotten(uncalled)).toBeNull();
    expect(forgotten(undefined)).toBeNull();
  });

  it('copes with an instance that EC2 does not show either', () => {
    const observed = without(anObservation(), 'instance');

    expect(release({ eni: undefined, observed }).record).toBeNull();
  });
});
