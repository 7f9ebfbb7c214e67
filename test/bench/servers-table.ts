import { countByAction, isMutating } from '../e2e/ec2-observer.ts';
import { markdownTable } from './markdown-table.ts';
import { firstSeconds, type Phase } from './phases.ts';

export type Figures = {
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

/** The figures beside their goals for 50 nodes and beside what the Go controller needed for those. */
export const figuresTable = (figures: Figures): string => {
  const { nodes, built, quiet, beaten, released, peakMegabytes } = figures;
  const halfMinute = firstSeconds(quiet, 30);
  const rows = [
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
  const details = [
    `Building: ${byAction(built)}.`,
    `Quiet: ${byAction(quiet)}.`,
    `Heartbeats: ${byAction(beaten)}.`,
    `Releasing: ${byAction(released)}.`,
  ];
  const table = markdownTable(['figure', 'measured', 'goal', 'Go controller'], rows);
  return `${table}\n\n${details.join('\n')}`;
};
