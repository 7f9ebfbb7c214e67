import type { Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import { allocateDeviceIndexes, type Seat, type Seeker } from './device-index.ts';
import type { Filled } from './match.ts';

const needsSeat = ({ wish, eni }: Filled): boolean =>
  eni === undefined ||
  eni.status === 'available' ||
  (wish.nodeEni.spec.deviceIndexPolicy === 'Require' &&
    eni.attachment?.deviceIndex !== wish.askedIndex);

/**
 * Gives out device indexes. An interface on its way to another index frees its own one, but only if it can go: one that
 * cannot keeps its place, and the indexes are given out anew.
 */
export const seatsFor = (
  filled: readonly Filled[],
  observed: Observed,
): ReadonlyMap<Slot, Seat> => {
  const { instance, limits } = observed;
  if (instance === undefined) return new Map();
  const seeking = filled.filter(needsSeat);
  const seekers = seeking.map(
    ({ wish }): Seeker => ({
      slot: wish.slot,
      askedIndex: wish.askedIndex,
      networkCardIndex: wish.nodeEni.spec.networkCardIndex ?? 0,
      isRequired: wish.nodeEni.spec.deviceIndexPolicy === 'Require',
      isPaused: wish.nodeEni.spec.paused === true,
    }),
  );
  const leaving = new Set(
    seeking.flatMap(({ wish, eni }) =>
      eni?.attachment !== undefined && wish.nodeEni.spec.paused === true ? [] : (eni?.eniId ?? []),
    ),
  );

  for (;;) {
    const interfaces = instance.interfaces.filter(({ eniId }) => !leaving.has(eniId));
    const seats = allocateDeviceIndexes(seekers, { ...instance, interfaces }, limits);
    const stuck = seeking.filter(({ wish, eni }) => {
      const seat = seats.get(wish.slot);
      const isSeated = seat !== undefined && !('fault' in seat);
      return eni?.attachment !== undefined && leaving.has(eni.eniId) && !isSeated;
    });
    if (stuck.length === 0) return seats;
    for (const { eni } of stuck) leaving.delete(eni?.eniId ?? '');
  }
};
