import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import type { LoggedCall } from '#simulator/call-log.ts';
import type { Spent } from './cost.ts';
import { type Allowance, allowancesOf, leastSeconds, longestSilence } from './measures.ts';
import type { FleetOptions } from './options.ts';
import { BURST_SHARE, createStage, GROUP_NAME, NODE_ENI_NAME, type Stage, TIMES } from './stage.ts';

/** How many interfaces were ready after so many seconds. */
export interface Point {
  readonly seconds: number;
  readonly ready: number;
}

/** What came of a launch. Times are virtual and count from the moment the instances run. */
export interface Launch extends Spent {
  readonly wanted: number;
  readonly points: readonly Point[];
  /** Until every interface is attached and ends with its instance; undefined when that did not come. */
  readonly seconds: number | undefined;
  /** Until the last launch hook was completed with CONTINUE. */
  readonly inServiceSeconds: number | undefined;
  readonly leastSeconds: number;
  readonly allowances: readonly Allowance[];
  /** `status.summary` of the NodeENI. */
  readonly summary: string;
  readonly calls: readonly LoggedCall[];
  readonly kubernetesCalls: ReadonlyMap<string, number>;
  /** Heartbeats and completions of launch hooks. */
  readonly hookCalls: number;
  readonly longestSilenceSeconds: number;
}

/** Told every now and then how far it is. */
export type OnProgress = (point: Point, wanted: number) => void;

const STEP_SECONDS = 0.5;
/** Until the NodeENI has been taken up, before the first instance is there. */
const SETTLE_SECONDS = 30;
/** Nodes that boot at once do not register at once. */
const BOOT_SPREAD_SECONDS = 20;

const readyIn = ({ world }: Stage): number =>
  world.ec2
    .extraInterfaces()
    .filter(({ attachment }) => attachment?.status === 'attached' && attachment.deleteOnTermination)
    .length;

/** Registers the nodes of instances that have booted. Out: to be called as time passes. */
const createKubelets = ({ world, register }: Stage, instanceIds: readonly string[]) => {
  let registered = 0;
  return async (seconds: number): Promise<void> => {
    const part = Math.min(1, Math.max(0, seconds - TIMES.bootSeconds) / BOOT_SPREAD_SECONDS);
    const due = Math.floor(part * instanceIds.length);
    for (const id of instanceIds.slice(registered, due)) await register(id);
    registered = Math.max(registered, due);
    await world.clock.advanceBy(0);
  };
};

interface Watched {
  readonly points: readonly Point[];
  readonly seconds: number | undefined;
  readonly inServiceSeconds: number | undefined;
}

/** Lets time pass until every interface is ready, every instance in service and the status says so. */
const watch = async (
  stage: Stage,
  {
    wanted,
    limitSeconds,
    onProgress,
  }: { wanted: number; limitSeconds: number; onProgress: OnProgress },
): Promise<Watched> => {
  const { clock, autoScaling } = stage.world;
  const beganAt = clock.now().getTime();
  const boot = createKubelets(stage, [...autoScaling.states(GROUP_NAME).keys()]);
  const points: Point[] = [{ seconds: 0, ready: 0 }];
  let seconds: number | undefined;
  for (;;) {
    const now = (clock.now().getTime() - beganAt) / 1000;
    await boot(now);
    const ready = readyIn(stage);
    if (ready !== points.at(-1)?.ready) points.push({ seconds: now, ready });
    onProgress({ seconds: now, ready }, wanted);
    if (ready === wanted) seconds ??= now;
    const continued = autoScaling.completions.filter(({ result }) => result === 'CONTINUE');
    const isOver = seconds !== undefined && continued.length === stage.nodes;
    if (isOver || now > limitSeconds) {
      const lastAt = continued.at(-1)?.at.getTime();
      return {
        points,
        seconds,
        inServiceSeconds: isOver && lastAt !== undefined ? (lastAt - beganAt) / 1000 : undefined,
      };
    }
    await clock.advanceBy(STEP_SECONDS * 1000);
  }
};

const summaryOf = async ({ world }: Stage): Promise<string> => {
  const { status } = await world.kubernetes.get(NODE_ENIS, NODE_ENI_NAME);
  return (status as { readonly summary?: string } | undefined)?.summary ?? '';
};

const silenceIn = ({ world }: Stage, beganAtMs: number): number => {
  const heartbeats = world.autoScaling.wire.log.calls
    .filter(({ action }) => action === 'RecordLifecycleActionHeartbeat')
    .map(({ input, at }) => ({
      instanceId: (input as { readonly InstanceId?: string }).InstanceId ?? '',
      at: at.getTime(),
    }));
  const ends = world.autoScaling.completions.map(({ instanceId, at }) => ({
    instanceId,
    at: at.getTime(),
  }));
  const signs = [...heartbeats, ...ends].toSorted((left, right) => left.at - right.at);
  return longestSilence(beganAtMs, signs);
};

/**
 * Launches the whole fleet at once from an Auto Scaling group with a launch hook, on the simulator and in virtual time, with
 * the handlers of the deployment, and measures what that takes.
 */
export const simulateLaunch = async (
  options: FleetOptions,
  onProgress: OnProgress = () => undefined,
): Promise<Launch> => {
  const wanted = options.nodes * options.interfaces;
  const allowances = allowancesOf(options, BURST_SHARE);
  const least = leastSeconds(wanted, allowances);
  const stage = await createStage(options);
  const { world } = stage;
  await world.clock.advanceBy(SETTLE_SECONDS * 1000);
  world.ec2.wire.log.clear();

  const beganAtMs = world.clock.now().getTime();
  world.autoScaling.setDesiredCapacity(GROUP_NAME, options.nodes);
  const limitSeconds = 3 * least + 3600;
  const watched = await watch(stage, { wanted, limitSeconds, onProgress });
  const calls = [...world.ec2.wire.log.calls];
  // The status follows the last interface within a roll-up delay.
  await world.clock.advanceBy(SETTLE_SECONDS * 1000);

  return {
    wanted,
    ...watched,
    leastSeconds: least,
    allowances,
    summary: await summaryOf(stage),
    calls,
    kubernetesCalls: stage.kubernetesCalls(),
    hookCalls: world.autoScaling.wire.log.calls.filter(
      ({ action }) =>
        action.endsWith('LifecycleActionHeartbeat') || action === 'CompleteLifecycleAction',
    ).length,
    longestSilenceSeconds: silenceIn(stage, beganAtMs),
    ...stage.spent(),
  };
};
