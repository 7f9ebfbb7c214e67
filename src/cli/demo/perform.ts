import type { VirtualClock } from '#simulator/virtual-clock.ts';
import type { Agents } from './network.ts';
import type { Nodes } from './nodes.ts';
import type { Claim, Situation, Step } from './step.ts';
import type { Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';

export interface Troupe {
  readonly clock: VirtualClock;
  readonly watch: Watch;
  readonly nodes: Nodes;
  readonly agents: Agents;
  readonly timeline: Timeline;
}

/** Short enough that two changes of one interface are never seen as one. */
const LOOK_MILLISECONDS = 250;

const look = async ({ watch, nodes, agents, timeline }: Troupe, start: Situation['start']) => {
  const { now, lines } = await watch.look();
  for (const line of lines) await timeline.line(line);
  await timeline.tick(now.at);
  await nodes.follow(now);
  await agents.follow();
  const situation: Situation = { start, now, calls: now.calls.slice(start.calls.length) };
  return situation;
};

/** The claims that are not true, none when the step is done; undefined as long as they may come true. */
const judge = (
  { reaches, keeps = [], lastsSeconds = 0, withinSeconds }: Step,
  situation: Situation,
): readonly Claim[] | undefined => {
  const { start, now } = situation;
  const seconds = (now.at.getTime() - start.at.getTime()) / 1000;
  const isBroken = ({ holds }: Claim): boolean => !holds(situation);
  const broken = keeps.filter(isBroken);
  if (broken.length > 0) return broken;
  const missing = reaches.filter(isBroken);
  if (missing.length === 0 && seconds >= lastsSeconds) return [];
  return seconds >= withinSeconds ? missing : undefined;
};

/** Does a step, shows what comes of it, and waits for it to be true. Out: the claims that are not. */
export const perform = async (step: Step, troupe: Troupe): Promise<readonly Claim[]> => {
  const { clock, watch, timeline } = troupe;
  const start = watch.now();
  if (step.deed !== undefined)
    await timeline.line({ at: clock.now(), who: 'you', what: step.deed });
  await step.act?.();
  for (;;) {
    const verdict = judge(step, await look(troupe, start));
    if (verdict !== undefined) return verdict;
    await clock.advanceBy(LOOK_MILLISECONDS);
  }
};
