import type { SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Observed } from '#core/instance/observed.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';

type GivenUp = NonNullable<SlotSpec['givenUp']>;

/** More than these of one slot are not told. */
const MOST_GIVEN_UP = 5;

/** What a slot lost to other instances, and what still is where somebody put it. */
const stillElsewhere = (record: SlotSpec | undefined, { elsewhere }: Observed): GivenUp =>
  (record?.givenUp ?? []).flatMap(({ eniId }) => {
    const instanceId = elsewhere?.get(eniId);
    return instanceId === undefined ? [] : [{ eniId, instanceId }];
  });

/** The record of a slot whose ENI somebody attached to another instance. */
export const withGivenUp = (record: SlotSpec, eniId: string, instanceId: string): SlotSpec => ({
  ...record,
  givenUp: [
    ...(record.givenUp ?? []).filter((one) => one.eniId !== eniId),
    { eniId, instanceId },
  ].slice(-MOST_GIVEN_UP),
});

/** A record that is written anew keeps what still explains a difference in EC2. */
export const keepingGivenUp = (plan: SlotPlan, observed: Observed): SlotPlan => {
  if (!plan.record) return plan;
  const { givenUp: _, ...record } = plan.record;
  const stored = observed.state?.spec.interfaces?.[plan.slot];
  const givenUp = stillElsewhere(stored, observed);
  return { ...plan, record: { ...record, ...(givenUp.length > 0 && { givenUp }) } };
};

/** A row for each, so that people read where their interface is. It asks for nothing. */
export const tellGivenUp = (plans: readonly SlotPlan[], observed: Observed): SlotPlan[] => {
  const told = new Set(plans.map(({ slot }) => slot));
  return plans
    .filter(({ record }) => record !== null)
    .flatMap(({ slot, nodeEni }) =>
      stillElsewhere(observed.state?.spec.interfaces?.[slot], observed).map(
        ({ eniId, instanceId }) => ({
          slot: `${slot}#${eniId}`,
          nodeEni,
          report: report(
            'Failed',
            'AttachedElsewhere',
            `${eniId} was attached to ${instanceId} by someone else and is given up: it carries no tags of ours. Delete it by hand when nobody needs it any more.`,
          ),
        }),
      ),
    )
    .filter(({ slot }) => !told.has(slot));
};
