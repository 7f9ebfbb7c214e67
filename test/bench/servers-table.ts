import { countByAction, isMutating } from '../e2e/ec2-observer.ts';
import { markdownTable } from './markdown-table.ts';
import { firstSeconds, type Phase } from './phases.ts';

export type Figures = {
  /** How the nodes are called. */
  readonly naming: string;
  readonly nodes: number;
  readonly kubernetes: string;
  readonly built: Phase;
  readonly quiet: Phase;
  readonly beaten: Phase;
  readonly released: Phase;
  readonly peakMegabytes: number;
  readonly trouble: readonly string[];
};

const byAction = ({ calls }: Phase): string =>
  Object.entries(countByAction(calls))
    .map(([action, count]) => `${count} ${action}`)
    .join(', ') || 'none';

const mutatingPerInterface = ({ calls }: Phase, nodes: number): string =>
  String(Math.round((calls.filter(isMutating).length / nodes) * 100) / 100);

/** Nobody counted this for the Go controller. */
const NOT_MEASURED = '–';

type Row = readonly [figure: string, measured: string, goal: string, goController: string];

const rowsOf = ({ nodes, built, quiet, beaten, released, peakMegabytes }: Figures): Row[] => {
  const halfMinute = firstSeconds(quiet, 30);
  return [
    ['seconds until all are ready', built.seconds.toFixed(1), '≤ 5', '23.5'],
    ['EC2 calls until then', String(built.calls.length), '≤ 170', '203'],
    ['changing calls an interface', mutatingPerInterface(built, nodes), '3', NOT_MEASURED],
    ['EC2 calls in the next 30 s', String(halfMinute.calls.length), '0', '275'],
    [
      `EC2 calls in ${quiet.seconds.toFixed(0)} quiet seconds`,
      String(quiet.calls.length),
      '≤ 6 in 300',
      NOT_MEASURED,
    ],
    ['EC2 calls for 100 node heartbeats', String(beaten.calls.length), '0', '1,230'],
    ['seconds until all are gone', released.seconds.toFixed(1), '≤ 6', '28.8'],
    ['EC2 calls until then', String(released.calls.length), '≤ 115', '423'],
    ['peak memory, MB', peakMegabytes.toFixed(0), '≤ 150', '55'],
  ];
};

const detailsOf = ({ naming, built, quiet, beaten, released }: Figures): string[] => [
  `With ${naming}:`,
  `Building: ${byAction(built)}.`,
  `Quiet: ${byAction(quiet)}.`,
  `Heartbeats: ${byAction(beaten)}.`,
  `Releasing: ${byAction(released)}.`,
];

/**
 * The figures beside their goals for 50 nodes and beside what the Go controller needed for those, whose nodes had private DNS
 * names. In: the measurements, one for each way of naming nodes.
 */
export const figuresTable = (all: readonly Figures[]): string => {
  const columns = all.map(rowsOf);
  const rows = (columns[0] ?? []).map(([figure, , goal, goController], index) => [
    figure,
    ...columns.map((column) => column[index]?.[1] ?? ''),
    goal,
    goController,
  ]);
  const header = ['figure', ...all.map(({ naming }) => naming), 'goal', 'Go controller'];
  return `${markdownTable(header, rows)}\n\n${all.flatMap(detailsOf).join('\n')}`;
};
