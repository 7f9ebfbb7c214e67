import { parentPort, workerData } from 'node:worker_threads';
import { NODE_ENI_NAME } from '#cli/simulate/stage.ts';
import type { SweepReport } from '#core/controllers/sweep/controller.ts';
import { type ClonedFleet, cloneFleet, type FleetSize } from './cloned-fleet.ts';
import { heapGrowthOf } from './heap.ts';

/** What one function took at one size. Of a sweep in parts: the run that took most, and how many runs there were. */
export interface Cell extends FleetSize {
  readonly step: 'sweep' | 'roll-up batch';
  readonly runs: number;
  readonly seconds: number;
  readonly secondsOfAll: number;
  readonly megabytes: number;
  readonly bytes: number;
}

/** NodeENIs of one batch of roll-ups. */
const BATCH = 10;

type Run = Pick<Cell, 'seconds' | 'megabytes' | 'bytes'>;

const measureRun = async (fleet: ClonedFleet, work: () => Promise<unknown>): Promise<Run> => {
  const [bytes, answering] = [fleet.bytesRead(), fleet.answeringSeconds()];
  const before = process.cpuUsage();
  const megabytes = await heapGrowthOf(() => fleet.finish(work));
  const { user, system } = process.cpuUsage(before);
  return {
    megabytes,
    seconds: (user + system) / 1e6 - (fleet.answeringSeconds() - answering),
    bytes: fleet.bytesRead() - bytes,
  };
};

const cellOf = (step: Cell['step'], size: FleetSize, runs: readonly Run[]): Cell => ({
  ...size,
  step,
  runs: runs.length,
  seconds: Math.max(...runs.map(({ seconds }) => seconds)),
  secondsOfAll: runs.reduce((sum, { seconds }) => sum + seconds, 0),
  megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
  bytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
});

const measureRollUps = async (size: FleetSize, fleet: ClonedFleet): Promise<Cell> => {
  const guests = Array.from({ length: Math.min(BATCH - 1, size.guests) }, (_, g) => `guest-${g}`);
  const work = () => fleet.operator.nodeEnis.reconcile([NODE_ENI_NAME, ...guests]);
  // What it finds to do the first time is done then.
  await fleet.finish(work);
  return cellOf('roll-up batch', size, [await measureRun(fleet, work)]);
};

const measureSweep = async (size: FleetSize, fleet: ClonedFleet): Promise<Cell> => {
  const runs: Run[] = [];
  let shard: SweepReport['shard'];
  let isRoundOver = false;
  while (!isRoundOver) {
    const before = shard;
    const run = await measureRun(fleet, async () => {
      ({ shard } = await fleet.operator.sweep.run());
    });
    // The first list again, after another one: the next round has begun.
    isRoundOver = before === 'interfaces' && shard !== 'interfaces';
    if (!isRoundOver) runs.push(run);
    if (shard === undefined) isRoundOver = true;
  }
  return cellOf('sweep', size, runs);
};

const size = workerData as FleetSize;
const fleet = await cloneFleet(size);
const steps = size.nodes > 15_000 ? [measureSweep] : [measureRollUps, measureSweep];
for (const measure of steps) parentPort?.postMessage(await measure(size, fleet));
