import type { HostCommand } from '#core/apis/v1alpha1/host-command-record.ts';
import type { HostStatus, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import { report, type SlotPlan } from '#core/instance/slot-plan.ts';
import type { HostPlan } from './plan.ts';

type Finding = NonNullable<HostPlan['finding']>;

const ASKED: Finding = {
  reason: 'WaitingForHost',
  message: 'A command has been sent to the host.',
};

/** Outcomes of which the host's own rows tell more. */
const REPORTED_BY_ROWS = ['NotConverged', 'Applied'];

const saysWhyNot = (row: HostStatus | undefined): boolean =>
  row?.configured === false && row.reason !== undefined;

/**
 * The plan with the host's part in the reports of its slots: attached is not ready while the host has not followed. What
 * the host said itself stays for its own rows to tell.
 */
export const withHostReports = (
  plan: InstancePlan,
  host: HostPlan,
  {
    command,
    rows = {},
  }: {
    readonly command: HostCommand | undefined;
    readonly rows: Readonly<Record<Slot, HostStatus>> | undefined;
  },
): InstancePlan => {
  if (host.waiting.length === 0) return plan;
  const told = host.finding ?? command?.outcome;
  const finding = told === undefined || REPORTED_BY_ROWS.includes(told.reason) ? ASKED : told;
  const isMine = ({ slot, report: said }: SlotPlan): boolean =>
    host.waiting.includes(slot) &&
    said?.phase === 'Attached' &&
    said.reason === 'Attached' &&
    !(finding === ASKED && saysWhyNot(rows[slot]));
  return {
    ...plan,
    slots: plan.slots.map((slot) =>
      isMine(slot)
        ? { ...slot, report: report('Attached', finding.reason, finding.message) }
        : slot,
    ),
  };
};
