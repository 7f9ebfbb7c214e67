import { describe, expect, it } from 'vitest';
import type { HostPlan } from '#core/controllers/instance-interfaces/host-commands/plan.ts';
import { withHostReports } from '#core/controllers/instance-interfaces/host-commands/status.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import { report, type SlotReport } from '#core/instance/slot-plan.ts';
import { ago } from '#test/support/builders.ts';

const SLOT = 'data/subnet-a';
const ATTACHED = report('Attached', 'Attached', 'eni-1 is attached at device index 2.');
const COMMAND = { digest: 'd', bootedAt: ago(3600), sentAt: ago(5), failures: 0 };
const ROW = { eniId: 'eni-1', generation: 1 };

const planOf = (said: SlotReport): InstancePlan => ({
  slots: [{ slot: SLOT, nodeEni: 'data', report: said }],
  areLabelsKnown: true,
  unaccepted: [],
  postponed: [],
  isUndecided: false,
  isFinished: false,
});

const reasonFor = (
  given: Partial<Parameters<typeof withHostReports>[2]> = {},
  { host = {}, said = ATTACHED }: { host?: Partial<HostPlan>; said?: SlotReport } = {},
) => {
  const plan: HostPlan = { waiting: [SLOT], ...host };
  const { slots } = withHostReports(planOf(said), plan, {
    command: COMMAND,
    rows: {},
    ...given,
  });
  return slots[0]?.report;
};

describe('withHostReports', () => {
  it('says that the host was asked, and that the interface is attached all the same', () => {
    expect(reasonFor()).toMatchObject({ phase: 'Attached', reason: 'WaitingForHost' });
  });

  it('says how the last command failed', () => {
    const outcome = { reason: 'CommandFailed', message: 'No Node.' };

    expect(reasonFor({ command: { ...COMMAND, outcome } })).toMatchObject(outcome);
  });

  it('says first why no command is sent at all', () => {
    const finding = { reason: 'RunCommandOff', message: 'Off.' };

    expect(reasonFor({}, { host: { finding } })).toMatchObject(finding);
  });

  it('leaves the word to a host that said itself why not', () => {
    const rows = { [SLOT]: { ...ROW, configured: false, reason: 'MtuTooLarge' } };
    const outcome = { reason: 'NotConverged', message: '' };

    expect(reasonFor({ rows, command: { ...COMMAND, outcome } })).toEqual(ATTACHED);
  });

  it('does not take an old word of a host for an answer', () => {
    const rows = { [SLOT]: { ...ROW, configured: true } };

    expect(reasonFor({ rows })).toMatchObject({ reason: 'WaitingForHost' });
  });

  it('leaves a slot alone that does not wait, or is not attached', () => {
    const creating = report('Pending', 'Creating', 'The ENI is being created.');

    expect(reasonFor({}, { host: { waiting: [] } })).toEqual(ATTACHED);
    expect(reasonFor({}, { said: creating })).toEqual(creating);
  });

  it('speaks for a slot only where nothing worse is said of it', () => {
    const drifted = report('Attached', 'AddressesMissing', 'Addresses are missing.');
    const failed = report('Failed', 'Attached', 'Not any more.');

    expect(reasonFor({}, { said: drifted })).toEqual(drifted);
    expect(reasonFor({}, { said: failed })).toEqual(failed);
  });

  it('leaves other slots of the host alone, and those of which nothing is said', () => {
    const other = { slot: 'data/subnet-b', nodeEni: 'data', report: ATTACHED };
    const silent = { slot: SLOT, nodeEni: 'data' };
    const plan = { ...planOf(ATTACHED), slots: [other, silent] };

    const { slots } = withHostReports(plan, { waiting: [SLOT] }, { command: COMMAND, rows: {} });

    expect(slots).toEqual([other, silent]);
  });

  it('speaks for a host that says no, and not why', () => {
    const rows = { [SLOT]: { ...ROW, configured: false } };

    expect(reasonFor({ rows })).toMatchObject({ reason: 'WaitingForHost' });
  });

  it('says how the command failed even where an earlier word of the host says why', () => {
    const rows = { [SLOT]: { ...ROW, configured: false, reason: 'MtuTooLarge' } };
    const outcome = { reason: 'CommandTimedOut', message: 'Late.' };

    expect(reasonFor({ rows, command: { ...COMMAND, outcome } })).toMatchObject(outcome);
  });
});
