import { writeFileSync } from 'node:fs';
import { dashboardBody } from './dashboard-body.ts';
import { FUNCTION_SETTINGS } from './function-settings.ts';

/** Pixels of one of the 24 columns, and of one row. */
const CELL = 40;
const LINE = 14;
const COLORS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2'];
const MOST_LABELS = 9;

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly stat: string;
    readonly metrics: readonly (readonly string[])[];
  };
}

/** As CloudWatch labels a line: by what tells it from the others of its graph. */
const labelOf = ([namespace = '', name = '', , value = '']: readonly string[]): string =>
  namespace === 'nodeeni' ? name : value;

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}"${more}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

const legend = (labels: readonly string[], left: number, top: number): readonly string[] =>
  labels
    .slice(0, MOST_LABELS)
    .flatMap((label, index) => [
      `<rect x="${left}" y="${top + index * LINE - 8}" width="10" height="3" fill="${COLORS[index % COLORS.length]}"/>`,
      text(left + 16, top + index * LINE - 3, label),
    ]);

const panel = ({ x, y, width, height, properties }: Widget): readonly string[] => {
  const [left, top] = [x * CELL, y * CELL];
  return [
    `<rect x="${left + 4}" y="${top + 4}" width="${width * CELL - 8}" height="${height * CELL - 8}" fill="#fff" stroke="#ccc"/>`,
    text(left + 16, top + 26, properties.title, ' font-size="12" font-weight="bold"'),
    text((x + width) * CELL - 16, top + 26, properties.stat, ' text-anchor="end" fill="#888"'),
    `<path d="M${left + 16} ${top + 40}V${top + 90}H${(x + width) * CELL - 16}" fill="none" stroke="#bbb"/>`,
    ...legend(properties.metrics.map(labelOf), left + 16, top + 112),
  ];
};

/** The dashboard of a deploy as an SVG document: what is where, and which lines each graph has. In: its body as CloudWatch gets it. */
export const drawDashboard = (body: string): string => {
  const { widgets } = JSON.parse(body) as { readonly widgets: readonly Widget[] };
  const width = Math.max(...widgets.map((widget) => (widget.x + widget.width) * CELL));
  const height = Math.max(...widgets.map((widget) => (widget.y + widget.height) * CELL));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#333">`,
    '<title>The dashboard of a deploy</title>',
    `<rect width="${width}" height="${height}" fill="#f4f4f4"/>`,
    ...widgets.flatMap(panel),
    '</svg>',
    '',
  ].join('\n');
};

/** The one of the documentation. */
export const exampleDashboard = (): string =>
  dashboardBody({
    region: 'eu-west-1',
    clusterName: 'production',
    functions: Object.keys(FUNCTION_SETTINGS),
    queues: ['Work', 'RollUps', 'Delay'],
    deadLetterQueues: ['WorkDlq', 'RollUpsDlq', 'DelayDlq', 'DeliveryDlq'],
  });

if (import.meta.main)
  writeFileSync(
    new URL('../docs/dashboard.svg', import.meta.url),
    drawDashboard(exampleDashboard()),
  );
