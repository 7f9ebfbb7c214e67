import { escaped } from '../svg-text.ts';
import type { ExplainedSubject } from './explain.ts';
import type { Stretch } from './stretches.ts';
import type { Wait } from './waits.ts';

const WIDTH = 800;
const LEFT = 260;
const RIGHT = 20;
const TOP = 60;
const ROW = 24;
const LINE = 16;
const TICKS = 5;

const COLOURS: Readonly<Record<Stretch['until'], string>> = {
  decision: '#bbb',
  attachment: '#e90',
  ready: '#0a7',
};

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;

/** What is waited for and belongs to no bar: hooks, what failed as a whole, NodeENIs, each once. */
const captionsOf = ({ instances, nodeEni }: ExplainedSubject): readonly string[] => {
  const ofInstances = instances.flatMap(({ instanceId, waits }) =>
    waits.filter(({ slot }) => slot === undefined).map((wait) => ({ about: instanceId, ...wait })),
  );
  const ofNodeEni = (nodeEni?.waits ?? []).map((wait) => ({ about: nodeEni?.nodeEni, ...wait }));
  const captions = [...ofInstances, ...ofNodeEni].map(({ about, reason, until, ...wait }) => {
    const end = until === undefined ? '' : `, until ${until} at the latest`;
    return `${wait.nodeEni ?? about}: ${reason}${end}`;
  });
  return [...new Set(captions)];
};

/** What a slot waits for: the reason in its bar, the sentence for whoever points at it. */
const waitMark = (wait: Wait | undefined, y: number): string =>
  wait === undefined
    ? ''
    : `<text x="${LEFT + 6}" y="${y + 16}">${escaped(wait.reason)}<title>${escaped(wait.message)}</title></text>`;

/**
 * A bar for each interface from the launch of its instance on: until it was decided on, attached and ready, and what it waits for now;
 * below the bars what is waited for besides.
 */
export const asSvg = (explanation: ExplainedSubject): string => {
  const rows = explanation.instances.flatMap(({ instanceId, stretches, waits }) => {
    const slots = [...new Set([...stretches, ...waits].flatMap(({ slot }) => slot ?? []))];
    return slots.map((slot) => ({
      name: `${instanceId} ${slot}`,
      stretches: stretches.filter((stretch) => stretch.slot === slot),
      wait: waits.find((wait) => wait.slot === slot),
    }));
  });
  const captions = captionsOf(explanation);
  const totals = rows.map((row) => row.stretches.reduce((sum, { seconds }) => sum + seconds, 0));
  const span = Math.max(1, ...totals);
  const x = (seconds: number): number => LEFT + (seconds / span) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + rows.length * ROW;
  const height = bottom + 40 + captions.length * LINE;
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
    return [text(LEFT - 8, y + 16, row.name.slice(-42), 'end'), ...parts, waitMark(row.wait, y)];
  });
  const legend =
    'Seconds from the launch: grey until decided, orange until attached, green until ready; pale: still so';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(16, 24, legend),
    ...bars,
    ...Array.from({ length: TICKS + 1 }, (_, tick) => (tick / TICKS) * span).map((seconds) =>
      text(x(seconds), bottom + 20, `${Math.round(seconds)}`, 'middle'),
    ),
    ...captions.map((caption, index) => text(16, bottom + 40 + index * LINE, caption)),
    '</svg>',
    '',
  ].join('\n');
};
