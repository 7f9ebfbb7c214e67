import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { isGone, type Observed, secondsSince } from '#core/instance/observed.ts';

/** Least time between the reconcile that misses an ENI and the one that believes it. */
const ABSENCE_CONFIRM_SECONDS = 5;

/** What it means that EC2 does not show the recorded ENI. */
export interface Absence {
  readonly isCertain: boolean;
  /** The record with the time of the first reconcile that missed it. */
  readonly record: SlotSpec;
  readonly requeueAfterSeconds: number;
}

const isListed = (eniId: string | undefined, { instance }: Observed): boolean =>
  instance?.interfaces.some((one) => one.eniId === eniId && one.status !== 'detached') === true;

/**
 * An ENI that EC2 has shown once is no new one that may still come ("Eventual consistency", EC2 API Reference): it is gone when
 * two reconciles that lie apart find it neither by its tags, nor by its id, nor among the interfaces of its instance. Each of
 * them is a call of its own, so one answer that is behind makes no second ENI. With its instance it is gone at once.
 * Undefined for an ENI that EC2 has never shown.
 */
export const absenceOf = (
  record: SlotSpec | undefined,
  observed: Observed,
): Absence | undefined => {
  if (record?.eniId === undefined || record.isSeen !== true) return undefined;
  if (isGone(observed)) return { isCertain: true, record, requeueAfterSeconds: 0 };
  if (isListed(record.eniId, observed))
    return { isCertain: false, record, requeueAfterSeconds: 15 };
  const { now } = observed;
  const { missingSince = now.toISOString() } = record;
  const left = ABSENCE_CONFIRM_SECONDS - secondsSince(missingSince, now);
  return { isCertain: left <= 0, record: { ...record, missingSince }, requeueAfterSeconds: left };
};
