import { NODE_ENI_NAME } from '#cli/simulate/stage.ts';
import { heapGrowthOf } from './heap.ts';
import type { SettledFleet } from './settled-fleet.ts';

/** What one step took at one size. */
export interface StepFigures {
  readonly step: string;
  readonly nodes: number;
  /** NodeENIs that select none of them. */
  readonly guests: number;
  /** Real time, the least of some tries. */
  readonly milliseconds: number;
  /** What the heap held more at most while it ran. */
  readonly megabytes: number;
  readonly ec2Calls: number;
  readonly kubernetesRequests: number;
}

const TRIES = 3;
const RECONCILE_BATCH = 10;

const requestsOf = ({ kubernetesCalls }: SettledFleet): number =>
  [...kubernetesCalls().values()].reduce((sum, count) => sum + count, 0);

const measure = async (
  step: string,
  fleet: SettledFleet,
  run: () => Promise<unknown>,
): Promise<StepFigures> => {
  const { clock, ec2 } = fleet.world;
  const mark = ec2.wire.log.mark();
  const requests = requestsOf(fleet);
  const times: number[] = [];
  const attempt = async (): Promise<void> => {
    const beganAt = performance.now();
    let isDone = false;
    const running = run().then(() => {
      times.push(performance.now() - beganAt);
      isDone = true;
    });
    // Its calls to EC2 take virtual time.
    await clock.runUntilTrue(() => isDone, 60_000);
    await running;
  };
  const growths: number[] = [];
  for (let count = 0; count < TRIES; count += 1) growths.push(await heapGrowthOf(attempt));
  return {
    step,
    nodes: fleet.nodes,
    guests: fleet.guests,
    milliseconds: Math.min(...times),
    megabytes: Math.min(...growths),
    ec2Calls: (ec2.wire.log.mark() - mark) / TRIES,
    kubernetesRequests: (requestsOf(fleet) - requests) / TRIES,
  };
};

/** The steps whose work could grow with the fleet, on a fleet where they find nothing to do. */
export const measureSteps = async (fleet: SettledFleet): Promise<readonly StepFigures[]> => {
  const operator = fleet.installation.operator();
  const batch = fleet.instanceIds.slice(0, RECONCILE_BATCH);
  return [
    await measure('roll-up', fleet, () => operator.nodeEnis.reconcile([NODE_ENI_NAME])),
    await measure('sweep', fleet, () => operator.sweep.run()),
    await measure(`look at ${RECONCILE_BATCH}`, fleet, () => operator.instances.reconcile(batch)),
  ];
};
