import { Worker } from 'node:worker_threads';
import type { FleetSize } from './cloned-fleet.ts';
import type { Cell } from './growth-cells.ts';
import { markdownTable } from './markdown-table.ts';

/** A function of 512 MB has 512/1,769 of a processor ("Configure Lambda function memory", AWS Lambda Developer Guide). */
const LAMBDA_FACTOR = 1769 / 512;

/** Half of what the deployed functions have. A cell that needs more memory does not end. */
const MOST = { lambdaSeconds: 30, megabytes: 256 };

const NODES = [1000, 5000, 15_000];
/** Fifteen with its own are all that a large instance takes ("Maximum IP addresses per network interface", EC2 User Guide). */
const INTERFACES = [1, 4, 14];
const GUESTS = [0, 500, 2000];
const LARGEST: FleetSize = { nodes: 100_000, interfaces: 1, guests: 0 };

interface Measured {
  readonly cells: readonly Cell[];
  /** What ended it before all was measured. */
  readonly error?: Error;
}

/** Measures a fleet in a heap of half the size that the functions have. */
const measureFleet = (size: FleetSize): Promise<Measured> => {
  const cells: Cell[] = [];
  const { promise, resolve } = Promise.withResolvers<Measured>();
  const worker = new Worker(new URL('growth-cells.ts', import.meta.url), {
    workerData: size,
    resourceLimits: { maxOldGenerationSizeMb: MOST.megabytes, maxYoungGenerationSizeMb: 32 },
  });
  worker.on('message', (cell: Cell) => cells.push(cell));
  worker.on('error', (error) => resolve({ cells, error }));
  worker.on('exit', () => resolve({ cells }));
  return promise;
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
    : (
        Math.log(cell.secondsOfAll / smaller.secondsOfAll) / Math.log(cell.nodes / smaller.nodes)
      ).toFixed(2);
};

const rowOf = (cell: Cell, cells: readonly Cell[]): string[] => {
  const lambdaSeconds = cell.seconds * LAMBDA_FACTOR;
  const isOver = lambdaSeconds > MOST.lambdaSeconds || cell.megabytes > MOST.megabytes;
  return [
    cell.step,
    ...[cell.nodes, cell.interfaces, cell.guests + 1, cell.runs].map(String),
    cell.seconds.toFixed(2),
    `${lambdaSeconds.toFixed(1)}${isOver ? ' !' : ''}`,
    (cell.secondsOfAll * LAMBDA_FACTOR).toFixed(1),
    exponentOf(cell, cells),
    cell.megabytes.toFixed(0),
    (cell.bytes / 1e6).toFixed(0),
  ];
};

/**
 * How sweep and roll-ups grow with nodes of 40 kB, interfaces and NodeENIs. The CPU of the product alone: neither the network nor the
 * SDK's reading of EC2's XML. Out: the table, where `!` marks what is above half of a deployed function's time or memory, and
 * the fleets that did not end within half of its memory.
 */
export const growthTable = async (
  sizes: readonly FleetSize[] = [
    ...NODES.flatMap((nodes) =>
      INTERFACES.flatMap((interfaces) => GUESTS.map((guests) => ({ nodes, interfaces, guests }))),
    ),
    LARGEST,
  ],
): Promise<string> => {
  const cells: Cell[] = [];
  const failures: string[] = [];
  for (const size of sizes) {
    process.stderr.write(`bench: growth at ${JSON.stringify(size)}\n`);
    const measured = await measureFleet(size);
    cells.push(...measured.cells);
    if (measured.error) failures.push(`${JSON.stringify(size)}: ${measured.error.message}`);
  }
  const table = markdownTable(
    [
      ...['step', 'nodes', 'interfaces', 'NodeENIs', 'runs', 'CPU s of the longest', 'Lambda s'],
      ...['of all', 'n^x', 'heap, MB', 'read, MB'],
    ],
    cells
      .toSorted((left, right) => left.step.localeCompare(right.step))
      .map((cell) => rowOf(cell, cells)),
  );
  return [table, ...failures].join('\n\n');
};
