import { escaped } from '../svg-text.ts';
import { spanOf } from './chart.ts';
import type { Launch, Point } from './launch.ts';
import { mostReadyAfter } from './measures.ts';

const WIDTH = 800;
const HEIGHT = 400;
const LEFT = 70;
const RIGHT = 20;
const TOP = 50;
const BOTTOM = 50;
const TICKS = 5;
/** More points than pixels show nothing more. */
const BOUND_POINTS = 100;

const path = (points: readonly (readonly [number, number])[]): string =>
  points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join(' ');

/** A count stays what it was until it changes, so the line goes right and then up. */
const asSteps = (points: readonly Point[], end: number): readonly Point[] =>
  points.flatMap((point, index) => [
    point,
    { seconds: points[index + 1]?.seconds ?? end, ready: point.ready },
  ]);

const text = (x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(content)}</text>`;

/** An SVG document of interfaces ready over time, with the most that the budget allows as a dashed line. */
export const drawSvg = (launch: Launch, title: string): string => {
  const { wanted, points, allowances } = launch;
  const span = spanOf(launch);
  const x = (seconds: number): number => LEFT + (seconds / span) * (WIDTH - LEFT - RIGHT);
  const y = (ready: number): number =>
    HEIGHT - BOTTOM - (Math.min(ready, wanted) / wanted) * (HEIGHT - TOP - BOTTOM);
  const parts = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS);
  const bound = Array.from({ length: BOUND_POINTS + 1 }, (_, index) => {
    const seconds = (index / BOUND_POINTS) * span;
    return [x(seconds), y(mostReadyAfter(seconds, allowances))] as const;
  });
  const steps = asSteps(points, span).map(({ seconds, ready }) => [x(seconds), y(ready)] as const);
  const bottom = HEIGHT - BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 20, title, 'start'),
    text(LEFT, 38, 'Interfaces ready; dashed: the most that the budget allows', 'start'),
    ...parts.map((part) => {
      const level = y(part * wanted).toFixed(1);
      return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${level}" y2="${level}" stroke="#ddd"/>`;
    }),
    ...parts.map((part) =>
      text(LEFT - 8, y(part * wanted) + 4, `${Math.round(part * wanted)}`, 'end'),
    ),
    ...parts.map((part) =>
      text(x(part * span), bottom + 18, `${Math.round(part * span)}`, 'middle'),
    ),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'seconds since the instances run', 'middle'),
    `<path d="${path(bound)}" fill="none" stroke="#888" stroke-dasharray="5 4"/>`,
    `<path d="${path(steps)}" fill="none" stroke="#0a7" stroke-width="2"/>`,
    '</svg>',
    '',
  ].join('\n');
};
