import { markdownTable } from './markdown-table.ts';
import type { StormFigures } from './pod-storm.ts';
import type { MemoryFigures } from './process-figures.ts';

export type AgentFigures = {
  readonly quietSeconds: number;
  /** At the end of the quiet seconds. */
  readonly idle: MemoryFigures;
  /** The most that was resident at once, the start included. */
  readonly peakMegabytes: number;
  /** Processor time in the quiet seconds, that of the programs it ran included. */
  readonly idleCpuSeconds: number;
  /** What it asked the API server in the quiet seconds. */
  readonly idleRequests: readonly string[];
  readonly storm: StormFigures;
  /** Milliseconds from the first sign of each link until it was as asked, ascending. */
  readonly linkMs: readonly number[];
};

/** A figure beside the most that it may be. */
export type Judged = {
  readonly figure: string;
  readonly measured: number;
  readonly digits: number;
  readonly goal?: number;
};

export type AgentGoals = {
  readonly idleMegabytes: number;
  readonly linkMs: number;
  readonly requestsAnHour: number;
  /** Of one processor, while pods come or go. */
  readonly stormPercent: number;
  /** What the DaemonSet asks the scheduler for: mebibytes, and thousandths of a processor. */
  readonly requested: { readonly megabytes: number; readonly millicores: number };
};

const HOUR_SECONDS = 3600;

/** The least of the ascending values that so large a share of them does not exceed. */
const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN;

/** In: what was measured, and the goals. Out: a row for each figure; hours are extrapolated from the quiet seconds. */
export const judge = (figures: AgentFigures, goals: AgentGoals): readonly Judged[] => {
  const { quietSeconds, idle, peakMegabytes, idleCpuSeconds, idleRequests, storm, linkMs } =
    figures;
  const anHour = HOUR_SECONDS / quietSeconds;
  const cpuGoal = (goals.requested.millicores / 1000) * HOUR_SECONDS;
  return [
    {
      figure: 'RSS idle, MB',
      measured: idle.residentMegabytes,
      digits: 1,
      goal: goals.idleMegabytes,
    },
    { figure: 'PSS idle, MB', measured: idle.proportionalMegabytes, digits: 1 },
    { figure: 'peak RSS, MB', measured: peakMegabytes, digits: 1, goal: goals.requested.megabytes },
    {
      figure: 'CPU seconds an idle hour',
      measured: idleCpuSeconds * anHour,
      digits: 1,
      goal: cpuGoal,
    },
    {
      figure: 'API requests an idle hour',
      measured: idleRequests.length * anHour,
      digits: 0,
      goal: goals.requestsAnHour,
    },
    {
      figure: `${storm.pods} pods come in ${storm.comingSeconds.toFixed(0)} s, % of a processor`,
      measured: storm.comingPercent,
      digits: 1,
      goal: goals.stormPercent,
    },
    {
      figure: 'the same pods go, % of a processor',
      measured: storm.goingPercent,
      digits: 1,
      goal: goals.stormPercent,
    },
    { figure: 'reads of the Node meanwhile', measured: storm.nodeReads, digits: 0, goal: 0 },
    {
      figure: 'link seen → configured p50, ms',
      measured: quantile(linkMs, 0.5),
      digits: 1,
      goal: goals.linkMs,
    },
    {
      figure: 'link seen → configured p95, ms',
      measured: quantile(linkMs, 0.95),
      digits: 1,
    },
  ];
};

/** Whether a figure keeps its goal. One that is no number does not. */
export const holds = ({ measured, goal = Number.POSITIVE_INFINITY }: Judged): boolean =>
  measured <= goal;

const counted = (requests: readonly string[]): string => {
  const counts = Map.groupBy(requests, (request) => request);
  const parts = [...counts].map(([request, all]) => `${all.length} ${request}`);
  return parts.join(', ') || 'none';
};

/** The figures beside their goals, and what was asked of the API server. */
export const agentTable = (figures: AgentFigures, judged: readonly Judged[]): string => {
  const rows = judged.map((row) => [
    row.figure,
    row.measured.toFixed(row.digits),
    row.goal === undefined ? '–' : `≤ ${row.goal}`,
    row.goal === undefined ? '' : holds(row) ? 'holds' : 'fails',
  ]);
  const table = markdownTable(['figure', 'measured', 'goal', ''], rows);
  const requests = `Asked in ${figures.quietSeconds} quiet seconds: ${counted(figures.idleRequests)}.`;
  const links = `Links, ms: ${figures.linkMs.map((milliseconds) => milliseconds.toFixed(0)).join(' ')}.`;
  return `${table}\n\n${requests}\n${links}`;
};
