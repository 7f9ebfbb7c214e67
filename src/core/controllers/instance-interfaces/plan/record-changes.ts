import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { SlotPlan } from '#core/instance/slot-plan.ts';
import { sameJson } from '#core/json.ts';
import type { SlotPatch } from '#core/ports/cluster.ts';
import { hostBootOf } from '../observe/host-boot.ts';
import { nodeMissingSinceFor } from './node-doubts.ts';

type Records = NonNullable<NonNullable<Observed['state']>['spec']['interfaces']>;

export const recordsOf = ({ state }: Observed): Records => state?.spec.interfaces ?? {};

/**
 * The record of a slot by which its host is judged. One that is to be a network for pods counts as soon as it is planned: by the one
 * before, which knows of none, it would be ready.
 */
export const recordToJudge = (
  { slot, record }: Pick<SlotPlan, 'slot' | 'record'>,
  observed: Observed,
): SlotSpec | undefined => (record?.podNetwork ? record : recordsOf(observed)[slot]);

/** The records that differ from what the state object says. */
export const recordChanges = (
  plan: InstancePlan,
  observed: Observed,
): SlotPatch<Records[string]> => {
  const stored = recordsOf(observed);
  return Object.fromEntries(
    plan.slots.flatMap(({ slot, record }) => {
      if (record === undefined || (record === null && !(slot in stored))) return [];
      return sameJson(record, stored[slot]) ? [] : [[slot, record] as const];
    }),
  );
};

const hasNewTag = (record: SlotSpec, stored: SlotSpec | undefined): boolean =>
  stored !== undefined &&
  Object.keys(record.userTags ?? {}).some((key) => !(key in (stored.userTags ?? {})));

/**
 * True when a record must be stored before the calls of its plan are made: creation parameters and the time of the
 * call, without which a crash would forget the token or how long to wait for its ENI; that they are void, which the
 * tags of an ENI that is given up tell no longer; a change of phase, which the agent has to see first; that a
 * network grows, which would be asked for twice; and the keys of a
 * user's new tags, which nobody would take off again once they are out of the spec.
 */
export const mustRecordFirst = (
  changes: SlotPatch<Records[string]>,
  observed: Observed,
): boolean => {
  const stored = recordsOf(observed);
  return Object.entries(changes).some(
    ([slot, record]) =>
      record !== null &&
      (record.create?.clientToken !== stored[slot]?.create?.clientToken ||
        record.createTriedAt !== stored[slot]?.createTriedAt ||
        record.phase !== (stored[slot]?.phase ?? record.phase) ||
        record.growth?.at !== stored[slot]?.growth?.at ||
        hasNewTag(record, stored[slot])),
  );
};

const missingSinceFor = ({ instance, state, now }: Observed): string | null =>
  instance === undefined && state !== undefined
    ? (state.spec.missingSince ?? now.toISOString())
    : null;

/** What differs in the spec of the state object; undefined when nothing does, or when there is nothing to keep. */
export const stateChanges = (plan: InstancePlan, observed: Observed) => {
  const { node, state } = observed;
  const records = recordChanges(plan, observed);
  const missingSince = missingSinceFor(observed);
  const nodeMissingSince = nodeMissingSinceFor(observed);
  const hostBootedAt = hostBootOf(observed);
  const changes = {
    ...(node !== undefined && node.name !== state?.spec.nodeName && { nodeName: node.name }),
    ...(missingSince !== (state?.spec.missingSince ?? null) && { missingSince }),
    ...(nodeMissingSince !== (state?.spec.nodeMissingSince ?? null) && { nodeMissingSince }),
    ...(hostBootedAt !== state?.spec.hostBootedAt && hostBootedAt && { hostBootedAt }),
    ...(Object.keys(records).length > 0 && { interfaces: records }),
  };
  const isNeeded =
    state === undefined
      ? plan.slots.some(({ report }) => report !== undefined)
      : Object.keys(changes).length > 0;
  return isNeeded ? changes : undefined;
};
