import { writeFileSync } from 'node:fs';
import { Complaint } from '../complaint.ts';
import { createProgress } from '../progress.ts';
import { drawChart } from './chart.ts';
import { simulateLaunch } from './launch.ts';
import { checkFleet, type FleetOptions } from './options.ts';
import { formatReport, titleOf } from './report.ts';
import { summarize } from './summary.ts';
import { drawSvg } from './svg.ts';

/** Where a run is shown. */
export interface SimulateScreen {
  /** The result. */
  readonly write: (text: string) => void;
  /** How far it is; never a part of the result. */
  readonly writeProgress: (text: string) => void;
  readonly isTerminal: boolean;
  readonly isProgressTerminal: boolean;
  /** Milliseconds of real time since any moment. */
  readonly now: () => number;
}

export interface SimulateOptions extends FleetOptions {
  readonly isJson: boolean;
  /** File for the chart. */
  readonly svg?: string;
}

const saveSvg = (file: string, document: string): void => {
  try {
    writeFileSync(file, document);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Complaint(`The chart cannot be written to ${file}${why}: give --svg another file.`);
  }
};

/**
 * Simulates the launch of a fleet and shows what it takes. Out: the exit code, 1 when the fleet did not converge. Throws a
 * `Complaint` for a fleet that cannot be, before anything runs.
 */
export const runSimulate = async (
  { isJson, svg, ...fleet }: SimulateOptions,
  screen: SimulateScreen,
): Promise<0 | 1> => {
  checkFleet(fleet);
  // A file that cannot be written is reported before the minutes that a large fleet takes.
  if (svg !== undefined) saveSvg(svg, '');
  const progress = createProgress({
    write: screen.writeProgress,
    isTerminal: screen.isProgressTerminal,
    now: screen.now,
  });
  const launch = await simulateLaunch(fleet, ({ seconds, ready }, wanted) =>
    progress.tell(
      `${ready} of ${wanted} interfaces ready after ${Math.round(seconds)} virtual seconds`,
    ),
  );
  progress.end();

  const summary = summarize(fleet, launch);
  if (svg !== undefined) saveSvg(svg, drawSvg(launch, titleOf(summary)));
  const { isTerminal } = screen;
  screen.write(
    isJson
      ? `${JSON.stringify(summary, null, 2)}\n`
      : formatReport(summary, drawChart(launch, { isTerminal })),
  );
  return summary.hasConverged ? 0 : 1;
};
