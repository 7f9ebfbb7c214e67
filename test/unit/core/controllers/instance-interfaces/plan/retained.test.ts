import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { planRelease } from '#core/controllers/instance-interfaces/plan/release.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import {
  ago,
  aNodeEni,
  anAvailableEni,
  anInstance,
  anObservation,
  aRecord,
} from '#test/support/builders.ts';

interface ReconcileInput {
  readonly eni: NetworkInterface;
  readonly record?: SlotSpec | undefined;
  readonly observed: Partial<Observed>;
}

const release = (given: ReconcileInput) =>
  planRelease({
    slot: 'data/subnet-a',
    nodeEni: 'data',
    record: aRecord({ phase: 'Releasing', releasingSince: ago(10) }),
    ...given,
    observed: anObservation(given.observed),
  });

describe('planRelease, for an ENI that outlived its instance', () => {
  const gone = { instance: anInstance({ state: 'terminated' }) };
  const keeping = aNodeEni({ deleteOnTermination: false });
  it.each([
    { name: 'its NodeENI says so', nodeEnis: [keeping], phase: 'Retained' },
    { name: 'its NodeENI does not', nodeEnis: [aNodeEni()], phase: 'Releasing' },
    {
      name: 'its NodeENI is being deleted',
      nodeEnis: [{ ...keeping, metadata: { ...keeping.metadata, deletionTimestamp: ago(5) } }],
      phase: 'Releasing',
    },
    { name: 'its NodeENI is gone', nodeEnis: [], phase: 'Releasing' },
    {
      name: 'only another one says so',
      nodeEnis: [aNodeEni({ deleteOnTermination: false }, { name: 'voice' })],
      phase: 'Releasing',
    },
  ])('is $phase after its instance when $name', ({ nodeEnis, phase }) => {
    const plan = release({ eni: anAvailableEni(), observed: { ...gone, nodeEnis } });

    expect(plan.report?.phase).toBe(phase);
    expect('action' in plan).toBe(phase === 'Releasing');
  });

  it('records one that outlived its instance unrecorded', () => {
    const observed = { ...gone, nodeEnis: [keeping] };

    expect(release({ eni: anAvailableEni(), record: undefined, observed }).record).toEqual({
      nodeEniUid: 'uid-of-data',
      subnetId: 'subnet-a',
      phase: 'Present',
      isSeen: true,
      generation: 1,
      eniId: 'eni-1',
      macAddress: '02:00:00:00:00:01',
    });
    expect(release({ eni: anAvailableEni(), record: aRecord(), observed }).record).toEqual(
      aRecord(),
    );
  });

  it('keeps one for the NodeENI that is recorded, whatever the tags say', () => {
    const eni = anAvailableEni({ tags: { [TAGS.uid]: 'uid-0' } });

    expect(release({ eni, observed: { ...gone, nodeEnis: [keeping] } }).report?.phase).toBe(
      'Retained',
    );
  });

  it('keeps none while its instance lives', () => {
    const plan = release({ eni: anAvailableEni(), observed: { nodeEnis: [keeping] } });

    expect(plan.action?.type).toBe('delete');
  });
});
