import { costOf } from './cost.ts';
import { type HookNeed, hookNeedOf } from './hook.ts';
import type { Launch, Point } from './launch.ts';
import { callsIn, countCalls, peakInSecond } from './measures.ts';
import type { Usage } from './meter.ts';
import type { FleetOptions } from './options.ts';
import { type CostLine, dollarsOf } from './prices.ts';

/** Calls of one building action in the busiest second, and what the budget and EC2 let through in a second. */
export interface Peak {
  readonly action: string;
  readonly calls: number;
  readonly budget: number;
  readonly account: number;
}

/** Everything that is told of a launch, as `--json` prints it. Times in seconds, virtual. */
export interface Summary {
  readonly fleet: FleetOptions;
  readonly interfaces: number;
  readonly hasConverged: boolean;
  readonly seconds?: number;
  readonly leastSeconds: number;
  /** Absent where a burst is enough and the bound is 0. */
  readonly ratio?: number;
  readonly inServiceSeconds?: number;
  readonly summary: string;
  readonly calls: ReturnType<typeof countCalls>;
  readonly refusedCalls: number;
  readonly peaks: readonly Peak[];
  readonly hook?: HookNeed;
  readonly functions: Readonly<Record<string, Usage>>;
  readonly kubernetesCalls: number;
  /** Heartbeats and completions of launch hooks. */
  readonly hookCalls: number;
  readonly cost: { readonly dollars: number; readonly lines: readonly CostLine[] };
  readonly points: readonly Point[];
}

const peaksOf = ({ calls, allowances }: Launch): readonly Peak[] =>
  allowances.map(({ action, budget, account }) => ({
    action,
    calls: peakInSecond(
      calls.filter((call) => call.action === action).map(({ at }) => at.getTime()),
    ),
    budget: callsIn(1, budget),
    account: callsIn(1, account),
  }));

/** The figures of a launch. */
export const summarize = (fleet: FleetOptions, launch: Launch): Summary => {
  const { seconds, leastSeconds, inServiceSeconds, points } = launch;
  const calls = countCalls(launch.calls);
  const lines = costOf(launch);
  const hook = hookNeedOf(launch);
  return {
    fleet,
    interfaces: launch.wanted,
    hasConverged: inServiceSeconds !== undefined,
    ...(seconds !== undefined && { seconds }),
    leastSeconds,
    ...(seconds !== undefined && leastSeconds > 0 && { ratio: seconds / leastSeconds }),
    ...(inServiceSeconds !== undefined && { inServiceSeconds }),
    summary: launch.summary,
    calls,
    refusedCalls: calls.reduce((sum, { refused }) => sum + refused, 0),
    peaks: peaksOf(launch),
    ...(hook && { hook }),
    functions: Object.fromEntries(launch.functions),
    kubernetesCalls: [...launch.kubernetesCalls.values()].reduce((sum, count) => sum + count, 0),
    hookCalls: launch.hookCalls,
    cost: { dollars: dollarsOf(lines), lines },
    points,
  };
};
