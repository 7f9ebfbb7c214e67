import type { Spent } from '#cli/simulate/cost.ts';
import type { Measured } from '#cli/simulate/month.ts';
import { GROUP_NAME } from '#cli/simulate/stage.ts';
import { createPowertoolsTelemetry } from '#operator/powertools-telemetry.ts';
import { type Logged, tapLogs } from './log-tap.ts';
import { isQuiet, type SettledFleet, settleFleet } from './settled-fleet.ts';

/** What a fleet makes the functions do. */
export interface FleetUse {
  readonly hourAtRest: Measured;
  readonly launch: Measured;
  readonly end: Measured;
}

const SECOND = 1000;
const BOOT_SECONDS = 30;

/** Between two sweeps, so that none is counted to a launch or an end. */
const MOST_SECONDS = 240;

/** The deployed rule lets only those states of an instance through that are looked at; the simulated one passes all. */
const isDeployed = (metric: string): boolean => !metric.startsWith('EventsIgnored ');

const used = (before: Spent, after: Spent, { bytes, metrics }: Logged): Measured => ({
  functions: new Map(
    [...after.functions].flatMap(([name, usage]) => {
      const { invocations = 0, seconds = 0 } = before.functions.get(name) ?? {};
      const more = {
        invocations: usage.invocations - invocations,
        seconds: usage.seconds - seconds,
      };
      return more.invocations === 0 ? [] : [[name, more] as const];
    }),
  ),
  queueRequests: {
    fifo: after.queueRequests.fifo - before.queueRequests.fifo,
    standard: after.queueRequests.standard - before.queueRequests.standard,
  },
  customEvents: after.customEvents - before.customEvents,
  logBytes: bytes,
  metrics: new Set([...metrics].filter(isDeployed)),
});

const sweepsIn = ({ spent }: SettledFleet): number =>
  spent().functions.get('sweep')?.invocations ?? 0;

/** Waits for the end of the next sweep, and then measures. */
const measure = async (fleet: SettledFleet, run: () => Promise<void>): Promise<Measured> => {
  const sweeps = sweepsIn(fleet);
  await tapLogs(async () => {
    await fleet.world.clock.runUntilTrue(() => sweepsIn(fleet) > sweeps, 3600 * SECOND);
  });
  const before = fleet.spent();
  const logged = await tapLogs(run);
  return used(before, fleet.spent(), logged);
};

const quieten = async (fleet: SettledFleet, nodes: number): Promise<void> => {
  const { clock } = fleet.world;
  await clock.advanceBy(MOST_SECONDS * SECOND);
  if (!(await isQuiet(fleet, nodes))) throw new Error(`${nodes} nodes were not quiet in time`);
};

/** An instance with a launch hook starts, registers its node and gets its interface. */
const launch = async (fleet: SettledFleet): Promise<void> => {
  const { autoScaling, clock } = fleet.world;
  autoScaling.setDesiredCapacity(GROUP_NAME, 1);
  const [instanceId = ''] = autoScaling.states(GROUP_NAME).keys();
  await clock.advanceBy(BOOT_SECONDS * SECOND);
  await fleet.register(instanceId);
  await quieten(fleet, fleet.nodes + 1);
};

/** The same instance ends, and its node is deleted. */
const end = async (fleet: SettledFleet): Promise<void> => {
  const { autoScaling, clock, ec2, kubernetes } = fleet.world;
  const [instanceId = ''] = autoScaling.states(GROUP_NAME).keys();
  const name = ec2.fleet.instance(instanceId)?.privateDnsName ?? '';
  autoScaling.setDesiredCapacity(GROUP_NAME, 0);
  await clock.advanceBy(BOOT_SECONDS * SECOND);
  await kubernetes.deleteNode(name);
  await quieten(fleet, fleet.nodes);
};

/** Settles a fleet whose functions log as deployed ones, and measures it on the simulator, in virtual time. */
export const measureFleet = async (nodes: number): Promise<FleetUse> => {
  const telemetry = createPowertoolsTelemetry({ clusterName: 'simulated' });
  const settled: SettledFleet[] = [];
  await tapLogs(async () => {
    settled.push(await settleFleet(nodes, telemetry));
  });
  const [fleet] = settled;
  if (fleet === undefined) throw new Error('no fleet');
  return {
    hourAtRest: await measure(fleet, () => fleet.world.clock.advanceBy(3600 * SECOND)),
    launch: await measure(fleet, () => launch(fleet)),
    end: await measure(fleet, () => end(fleet)),
  };
};
