import { findLeftovers } from './end.ts';
import { happen } from './happen.ts';
import { type History, TROUBLED_SECONDS } from './history.ts';
import { createInvariants } from './invariants.ts';
import { createStage, type Stage, SWEEP_SECONDS } from './stage.ts';
import { statesOf } from './states.ts';

/** What was found broken, and when; nothing when all went well. */
export interface Verdict {
  readonly atSeconds: number;
  readonly broken: readonly string[];
}

const STEP_SECONDS = 5;

/** A message that a dead function held comes back after six time-outs; then two sweeps, and the slowest detachment. */
const SETTLE_SECONDS = 360 + 2 * SWEEP_SECONDS + 240;

/** EC2's event of an end, and the reconcile after it. */
const MOMENT_SECONDS = 60;

const QUIET_SECONDS = 3 * SWEEP_SECONDS;

/** Everything heals: calls and events go through, and the functions run. */
const heal = (stage: Stage): void => {
  stage.trouble.end();
  stage.ec2.wire.setUnreachable(false);
  stage.kubernetes.setUnreachable(false);
  stage.kubernetes.setWebhooksReachable(true);
  stage.ssmHosts.recover();
  stage.ec2.wire.crashAfter(Number.POSITIVE_INFINITY, () => undefined);
  if (!stage.installation.isRunning()) stage.installation.restart();
};

/** EC2 or a host refused something for reasons of its own and nothing changed since: the product may wait that long. */
const backOffSeconds = (stage: Stage): number => {
  const now = stage.clock.now().getTime();
  const untils = statesOf(stage).flatMap(({ spec }) => [
    ...Object.values(spec.interfaces ?? {}).flatMap(({ backOffs = {} }) =>
      Object.values(backOffs).map(({ until }) => Date.parse(until)),
    ),
    Date.parse(spec.hostCommand?.retryAt ?? ''),
  ]);
  return Math.max(0, ...untils.map((until) => (until - now) / 1000).filter(Number.isFinite));
};

/**
 * What is left over, and still is a moment later: an instance that can never be ready is replaced again and again, and what
 * ended just now is on its way.
 */
const lastingLeftovers = async (
  stage: Stage,
  pass: (seconds: number) => Promise<Verdict | undefined>,
): Promise<readonly string[]> => {
  const leftovers = findLeftovers(stage);
  if (leftovers.length === 0) return [];
  const later = await pass(MOMENT_SECONDS);
  return later?.broken ?? findLeftovers(stage).filter((leftover) => leftovers.includes(leftover));
};

const playOn = async (stage: Stage, history: History): Promise<Verdict | undefined> => {
  const { clock } = stage;
  const look = createInvariants(stage);
  let atSeconds = 0;

  /** Lets time pass, and reconciles every few seconds. */
  const pass = async (seconds: number): Promise<Verdict | undefined> => {
    const end = atSeconds + seconds;
    while (atSeconds < end) {
      const step = Math.min(STEP_SECONDS, end - atSeconds);
      await clock.advanceBy(step * 1000);
      atSeconds += step;
      await stage.registerLaunched();
      const broken = await look();
      if (broken.length > 0) return { atSeconds, broken };
    }
    return undefined;
  };

  for (const { atSeconds: due, ...happening } of history.happenings) {
    const verdict = await pass(due - atSeconds);
    if (verdict !== undefined) return verdict;
    void happen(happening, stage);
  }
  const troubled = await pass(TROUBLED_SECONDS - atSeconds);
  if (troubled !== undefined) return troubled;

  heal(stage);
  const settled = (await pass(SETTLE_SECONDS)) ?? (await pass(backOffSeconds(stage)));
  if (settled !== undefined) return settled;
  // Orphans, which only people make, are worked off a few a sweep.
  const isSlow = backOffSeconds(stage) > 0 || stage.forced.size > 0;
  const late = isSlow ? await pass(SETTLE_SECONDS) : undefined;
  if (late !== undefined) return late;

  const left = await lastingLeftovers(stage, pass);
  if (left.length > 0) return { atSeconds, broken: left };

  // An instance that can never be ready is replaced at the deadline of its hook, and that is work.
  if (stage.scalingGroups.states().some(([, state]) => state.endsWith(':Wait'))) return undefined;

  const logged = stage.lines.length;
  const since = [stage.ec2.wire, stage.ssm.wire].map(({ log }) => ({ log, mark: log.mark() }));
  const restless = await pass(QUIET_SECONDS);
  if (restless !== undefined) return restless;
  const changes = since
    .flatMap(({ log, mark }) => log.since(mark))
    .filter(({ action }) => !/^(Describe|Get)/.test(action))
    .map(({ action }) => `${action} was called although everything was right`);
  const complaints = stage.lines
    .slice(logged)
    .filter(({ level }) => level === 'error')
    .map(({ message, fields }) => `logged as an error: ${message} ${JSON.stringify(fields)}`);
  const broken = [...changes, ...complaints];
  return broken.length > 0 ? { atSeconds, broken } : undefined;
};

/** Plays a history to its end, or to the first moment at which something that must hold does not. */
export const play = async (
  history: History,
  onEnd: (stage: Stage) => void = () => undefined,
): Promise<Verdict | undefined> => {
  const stage = createStage(history);
  const verdict = await playOn(stage, history);
  onEnd(stage);
  return verdict;
};
