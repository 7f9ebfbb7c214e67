import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { planRelease } from '#core/controllers/instance-interfaces/plan/release.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { ago, anEni, anObservation, aRecord } from '#test/support/builders.ts';

export interface ReconcileInput {
  readonly eni?: NetworkInterface | undefined;
  readonly record?: SlotSpec | undefined;
  readonly observed?: Partial<Observed>;
}

/** The plan for an attached ENI that began to go ten seconds ago, unless told otherwise. */
export const release = (given: ReconcileInput) =>
  planRelease({
    slot: 'data/subnet-a',
    nodeEni: 'data',
    eni: anEni(),
    record: aRecord({ phase: 'Releasing', releasingSince: ago(10) }),
    ...given,
    observed: anObservation({ nodeEnis: [], ...given.observed }),
  });
