import { styleText } from 'node:util';
import type { Launch, Point } from './launch.ts';
import { mostReadyAfter } from './measures.ts';

const WIDTH = 60;
const HEIGHT = 12;

/** How the columns are drawn. */
export interface Ink {
  /** True: block characters and colours. */
  readonly isTerminal: boolean;
}

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** How many were ready at a moment. */
const readyAt = (points: readonly Point[], seconds: number): number =>
  points.findLast((point) => point.seconds <= seconds)?.ready ?? 0;

/** The time that a chart shows: to the last change, or to the end of the bound where that is later. */
export const spanOf = ({ points, leastSeconds }: Launch): number =>
  Math.max(points.at(-1)?.seconds ?? 0, leastSeconds, 1);

/** One character of a column: full below its value, partly filled at it. */
const cellOf = (height: number, row: number, { isTerminal }: Ink): string => {
  const filled = Math.min(1, Math.max(0, height - row));
  if (isTerminal) return EIGHTHS[Math.round(filled * 8)] ?? ' ';
  return filled >= 0.5 ? '#' : ' ';
};

/**
 * Interfaces ready over time, as lines of text without a newline at the end. A dot is what the budget allows at most where
 * fewer were ready. Plain characters unless it is for a terminal.
 */
export const drawChart = (launch: Launch, ink: Ink): string => {
  const { wanted, points, allowances } = launch;
  const span = spanOf(launch);
  const heightOf = (ready: number): number => (Math.min(ready, wanted) / wanted) * HEIGHT;
  const columns = Array.from({ length: WIDTH }, (_, index) => {
    const seconds = ((index + 1) / WIDTH) * span;
    return {
      ready: heightOf(readyAt(points, seconds)),
      most: Math.ceil(heightOf(mostReadyAfter(seconds, allowances))) - 1,
    };
  });
  const label = (row: number): string => {
    if (row === HEIGHT - 1) return String(wanted);
    return row === Math.floor(HEIGHT / 2) - 1 ? String(Math.round(wanted / 2)) : '';
  };
  const margin = String(wanted).length;
  const rows = Array.from({ length: HEIGHT }, (_, index) => {
    const row = HEIGHT - 1 - index;
    const cells = columns.map(({ ready, most }) => {
      const cell = cellOf(ready, row, ink);
      return cell === ' ' && row === most ? '.' : cell;
    });
    const line = cells.join('').trimEnd();
    const painted = ink.isTerminal ? styleText('green', line, { validateStream: false }) : line;
    return `${label(row).padStart(margin)} | ${painted}`.trimEnd();
  });
  const end = `${Math.round(span)} s`;
  return [
    'Interfaces ready over time (. most that the budget allows)',
    ...rows,
    `${''.padStart(margin)} +${'-'.repeat(WIDTH + 1)}`,
    `${''.padStart(margin)}   0${end.padStart(WIDTH - 1)}`,
  ].join('\n');
};
