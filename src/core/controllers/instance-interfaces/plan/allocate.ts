import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  allocateDeviceIndexes,
  type DeviceIndexAllocation,
  type DeviceIndexRequest,
} from './device-index.ts';
import type { MatchedInterface } from './match.ts';

const needsIndex = ({ desired, eni }: MatchedInterface): boolean =>
  eni === undefined ||
  eni.status === 'available' ||
  (desired.nodeEni.spec.deviceIndexPolicy === 'Require' &&
    eni.attachment?.deviceIndex !== desired.askedIndex);

/**
 * Gives out device indexes. An interface on its way to another index frees its own one, but only if it can go: one that
 * cannot keeps its place, and the indexes are given out anew.
 */
export const allocationsFor = (
  matched: readonly MatchedInterface[],
  observed: Observed,
): ReadonlyMap<Slot, DeviceIndexAllocation> => {
  const { instance, limits } = observed;
  if (instance === undefined) return new Map();
  const requesting = matched.filter(needsIndex);
  const requests = requesting.map(
    ({ desired }): DeviceIndexRequest => ({
      slot: desired.slot,
      askedIndex: desired.askedIndex,
      networkCardIndex: desired.nodeEni.spec.networkCardIndex ?? 0,
      isRequired: desired.nodeEni.spec.deviceIndexPolicy === 'Require',
      isPaused: desired.nodeEni.spec.paused === true,
    }),
  );
  const leaving = new Set(
    requesting.flatMap(({ desired, eni }) =>
      eni?.attachment === undefined || desired.nodeEni.spec.paused === true ? [] : eni.eniId,
    ),
  );

  // EC2 may list one at its old place that it calls loose elsewhere: the place is its own to take again.
  const loose = new Set(
    requesting.flatMap(({ eni }) => (eni?.attachment === undefined ? (eni?.eniId ?? []) : [])),
  );
  const interfaces = instance.interfaces.filter(({ eniId }) => !loose.has(eniId));

  for (;;) {
    const allocations = allocateDeviceIndexes(
      requests,
      { ...instance, interfaces },
      limits,
      leaving,
    );
    const stuck = requesting.filter(({ desired, eni }) => {
      const allocation = allocations.get(desired.slot);
      const isAllocated = allocation !== undefined && !('fault' in allocation);
      return eni?.attachment !== undefined && leaving.has(eni.eniId) && !isAllocated;
    });
    if (stuck.length === 0) return allocations;
    for (const { eni } of stuck) leaving.delete(eni?.eniId ?? '');
  }
};
