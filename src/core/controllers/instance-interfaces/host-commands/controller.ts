import { isRunning } from '#core/instance/host-command.ts';
import type { InstancePlan } from '#core/instance/instance-plan.ts';
import { type Observed, secondsSince } from '#core/instance/observed.ts';
import type { NodeEniStateStore } from '#core/ports/cluster.ts';
import type { CommandRunner } from '#core/ports/commands.ts';
import { executeHost } from './execute.ts';
import { planHost } from './plan.ts';
import { withHostReports } from './status.ts';

export interface HostCommands {
  /**
   * Stores what the host said, sends what it is to do, and stores that. In: the plan of its interfaces, and the
   * observation once the records of that plan are written. Out: the plan with the host's part in its reports.
   */
  serve(plan: InstancePlan, written: Observed): Promise<Served>;
}

interface Served {
  readonly plan: InstancePlan;
  readonly requeueAfterSeconds: number | undefined;
}

/** A command whose end nobody can tell any more is not asked about for ever. */
const FORGOTTEN_SECONDS = 3600;

interface Dependencies {
  readonly states: NodeEniStateStore;
  readonly runCommand?: { readonly commands: CommandRunner };
}

export const createHostCommands = ({ states, runCommand }: Dependencies): HostCommands => ({
  async serve(plan, written) {
    if (plan.isFinished) return { plan, requeueAfterSeconds: undefined };
    const { instanceId, state, answer, forgotten, now } = written;
    const rows = answer?.rows ?? {};
    const records = state?.spec.interfaces ?? {};
    // A row that by now is for an agent to write stays the agent's.
    const dropHost = forgotten.filter((slot) => records[slot]?.host === 'SSM');
    // Before the answer counts as taken, and before the next command: a crash between the two comes here again.
    if (Object.keys(rows).length > 0 || dropHost.length > 0)
      await states.patchStatus(instanceId, { host: rows, dropHost });

    const host = planHost(plan, written);
    const result =
      host.action && runCommand && (await executeHost(runCommand.commands, host.action, now));
    const change = result?.command ?? answer?.command;
    if (change !== undefined) await states.patchSpec(instanceId, { hostCommand: change });
    return {
      plan: withHostReports(plan, host, {
        command: change ?? state?.spec.hostCommand,
        rows: state?.status?.host,
      }),
      requeueAfterSeconds: result?.requeueAfterSeconds ?? host.requeueAfterSeconds,
    };
  },
});

/** What `serve` would make of the plan without a call, and whether it would make one. */
export const foreseeHost = (plan: InstancePlan, observed: Observed) => {
  const host = planHost(plan, observed);
  const { state } = observed;
  const command = state?.spec.hostCommand;
  return {
    plan: withHostReports(plan, host, { command, rows: state?.status?.host }),
    isUnsettled:
      host.action !== undefined ||
      observed.forgotten.length > 0 ||
      (isRunning(command) && secondsSince(command?.sentAt, observed.now) < FORGOTTEN_SECONDS),
  };
};
