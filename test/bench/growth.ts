import { NODE_ENI_NAME } from '#cli/simulate/stage.ts';
import { type ClonedFleet, cloneFleet, type FleetSize } from './cloned-fleet.ts';
import { heapGrowthOf } from './heap.ts';
import { markdownTable } from './markdown-table.ts';

/** A function of 512 MB has 512/1,769 of a processor ("Configure Lambda function memory", AWS Lambda Developer Guide). */
const LAMBDA_FACTOR = 1769 / 512;

/** Half of what the deployed functions have. */
const MOST = { lambdaSeconds: 30, megabytes: 256 };

const NODES = [1000, 5000, 15_000];
/** Fourteen besides its own are all that a large instance takes ("Maximum IP addresses per network interface", EC2 User Guide). */
const INTERFACES = [1, 4, 14];
const GUESTS = [0, 500, 2000];
/** NodeENIs of one batch of roll-ups. */
const BATCH = 10;

interface Cell extends FleetSize {
  readonly step: 'sweep' | 'roll-up batch';
  readonly seconds: number;
  readonly megabytes: number;
  readonly bytes: number;
}

const measure = async (
  step: Cell['step'],
  size: FleetSize,
  fleet: ClonedFleet,
  work: () => Promise<unknown>,
): Promise<Cell> => {
  // What it finds to do the first time is done then.
  await fleet.finish(work);
  const [bytes, answering] = [fleet.bytesRead(), fleet.answeringSeconds()];
  const before = process.cpuUsage();
  const megabytes = await heapGrowthOf(() => fleet.finish(work));
  const { user, system } = process.cpuUsage(before);
  return {
    ...size,
    step,
    megabytes,
    seconds: (user + system) / 1e6 - (fleet.answeringSeconds() - answering),
    bytes: fleet.bytesRead() - bytes,
  };
};

const measureFleet = async (size: FleetSize): Promise<readonly Cell[]> => {
  const fleet = await cloneFleet(size);
  const { sweep, nodeEnis } = fleet.operator;
  const guests = Array.from({ length: Math.min(BATCH - 1, size.guests) }, (_, g) => `guest-${g}`);
  return [
    await measure('roll-up batch', size, fleet, () =>
      nodeEnis.reconcile([NODE_ENI_NAME, ...guests]),
    ),
    await measure('sweep', size, fleet, () => sweep.run()),
  ];
};

const exponentOf = (cell: Cell, cells: readonly Cell[]): string => {
  const smaller = cells.findLast(
    ({ step, interfaces, guests, nodes }) =>
      step === cell.step &&
      interfaces === cell.interfaces &&
      guests === cell.guests &&
      nodes < cell.nodes,
  );
  return smaller === undefined
    ? ''
    : (Math.log(cell.seconds / smaller.seconds) / Math.log(cell.nodes / smaller.nodes)).toFixed(2);
};

/**
 * How sweep and roll-ups grow with nodes of 40 kB, interfaces and NodeENIs. The CPU of the product alone: neither the network nor the
 * SDK's reading of EC2's XML. Out: the table, where `!` marks what is above half of a deployed function's time or memory.
 */
export const growthTable = async (
  sizes: readonly FleetSize[] = NODES.flatMap((nodes) =>
    INTERFACES.flatMap((interfaces) => GUESTS.map((guests) => ({ nodes, interfaces, guests }))),
  ),
): Promise<string> => {
  const cells: Cell[] = [];
  for (const size of sizes) {
    process.stderr.write(`bench: growth at ${JSON.stringify(size)}\n`);
    cells.push(...(await measureFleet(size)));
  }
  const rows = cells
    .toSorted((left, right) => left.step.localeCompare(right.step))
    .map((cell) => {
      const lambdaSeconds = cell.seconds * LAMBDA_FACTOR;
      const isOver = lambdaSeconds > MOST.lambdaSeconds || cell.megabytes > MOST.megabytes;
      return [
        cell.step,
        ...[cell.nodes, cell.interfaces, cell.guests + 1].map(String),
        cell.seconds.toFixed(2),
        `${lambdaSeconds.toFixed(1)}${isOver ? ' !' : ''}`,
        exponentOf(cell, cells),
        cell.megabytes.toFixed(0),
        (cell.bytes / 1e6).toFixed(0),
      ];
    });
  return markdownTable(
    ['step', 'nodes', 'interfaces', 'NodeENIs', 'CPU s', 'Lambda s', 'n^x', 'heap, MB', 'read, MB'],
    rows,
  );
};
