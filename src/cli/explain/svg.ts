import { escaped } from '../svg-text.ts';
import type { Explained } from './explain.ts';
import type { Stretch } from './stretches.ts';

const WIDTH = 800;
const LEFT = 260;
const RIGHT = 20;
const TOP = 60;
const ROW = 24;
const TICKS = 5;

const COLOURS: Readonly<Record<Stretch['until'], string>> = {
  decision: '#bbb',
  attachment: '#e90',
  ready: '#0a7',
};

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;

/** A bar for each interface from the launch of its instance on: until it was decided on, attached and ready. */
export const asSvg = (all: readonly Explained[]): string => {
  const rows = all.flatMap(({ instanceId, stretches }) => {
    const slots = [...new Set(stretches.map(({ slot }) => slot))];
    return slots.map((slot) => ({
      name: `${instanceId} ${slot}`,
      stretches: stretches.filter((stretch) => stretch.slot === slot),
    }));
  });
  const totals = rows.map((row) => row.stretches.reduce((sum, { seconds }) => sum + seconds, 0));
  const span = Math.max(1, ...totals);
  const x = (seconds: number): number => LEFT + (seconds / span) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + rows.length * ROW;
  const bars = rows.flatMap((row, index) => {
    const y = TOP + index * ROW;
    let passed = 0;
    const parts = row.stretches.map((stretch) => {
      const from = x(passed);
      passed += stretch.seconds;
      const width = Math.max(1, x(passed) - from).toFixed(1);
      const open = stretch.to === undefined ? ' fill-opacity="0.5"' : '';
      return `<rect x="${from.toFixed(1)}" y="${y + 4}" width="${width}" height="${ROW - 8}" fill="${COLOURS[stretch.until]}"${open}><title>${stretch.seconds} s until ${stretch.until}</title></rect>`;
    });
    return [text(LEFT - 8, y + 16, row.name.slice(-42), 'end'), ...parts];
  });
  const legend =
    'Seconds from the launch: grey until decided, orange until attached, green until ready; pale: still so';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 40}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<rect width="${WIDTH}" height="${bottom + 40}" fill="#fff"/>`,
    text(16, 24, legend),
    ...bars,
    ...Array.from({ length: TICKS + 1 }, (_, tick) => (tick / TICKS) * span).map((seconds) =>
      text(x(seconds), bottom + 20, `${Math.round(seconds)}`, 'middle'),
    ),
    '</svg>',
    '',
  ].join('\n');
};
