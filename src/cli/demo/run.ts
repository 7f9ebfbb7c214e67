import { MANIFEST } from './manifest.ts';
import { createAgents } from './network.ts';
import { NETWORK_STORY } from './network-story.ts';
import { createNodes } from './nodes.ts';
import { perform, type Troupe } from './perform.ts';
import type { Snapshot } from './snapshot.ts';
import { createStage, type Stage } from './stage.ts';
import type { Step } from './step.ts';
import { STORY } from './story.ts';
import { callTable } from './tables.ts';
import { createTimeline, type Screen, type Timeline } from './timeline.ts';
import { createWatch } from './watch.ts';

export interface DemoOptions extends Screen {
  /** Told of each step, counted from 1, before it begins. What it does to the stage is part of the show. */
  readonly onStep?: (position: number, stage: Stage) => void;
}

const OPENING = `nodeeni on a simulator of EC2, Auto Scaling and Kubernetes: no account, no cluster.
The functions are the ones of the deployment. Only time is virtual.

`;

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '       ');

const stateInWords = ({ interfaces, nodeEnis, members }: Snapshot): string => {
  const inEc2 = [...interfaces.values()].map(({ eniId, status }) => `${eniId} ${status}`);
  const inKubernetes = [...nodeEnis.values()].map(
    ({ name, summary, reason }) => `${name} ${summary} ${reason}`,
  );
  const inGroup = [...members].map(([id, state]) => `${id} ${state}`);
  return [...inGroup, ...inEc2, ...inKubernetes].join(', ') || 'nothing';
};

/** What was expected in vain; nothing when the step is a success. An error of the stage is one more such thing. */
const faultsOf = async (step: Step, troupe: Troupe): Promise<readonly string[]> => {
  try {
    const broken = await perform(step, troupe);
    return broken.map(({ says }) => says);
  } catch (error) {
    return [`no error, but there was: ${error instanceof Error ? error.message : String(error)}`];
  }
};

const runStep = async (step: Step, troupe: Troupe): Promise<boolean> => {
  const { timeline, watch } = troupe;
  const faults = await faultsOf(step, troupe);
  const now = watch.now();
  if (faults.length > 0) {
    for (const fault of faults) timeline.broken(`expected: ${fault}`);
    timeline.text(indent(`there is: ${stateInWords(now)}`));
    return false;
  }
  for (const { says } of [...step.reaches, ...(step.keeps ?? [])]) timeline.kept(says);
  if (step.report !== undefined) timeline.text(`\n${indent(step.report(now))}`);
  return true;
};

const close = (timeline: Timeline, now: Snapshot): void => {
  timeline.text(`\n${callTable(now)}`);
  timeline.text(`\nEvery step ended as it should, in ${timeline.elapsed(now.at)} of virtual time.`);
  const { size } = now.interfaces;
  timeline.text(`${size} ${size === 1 ? 'interface' : 'interfaces'} left`);
};

/** Plays the story to its end or to its first step that fails. Out: the exit code, 0 or 1. */
export const runDemo = async ({ onStep, ...screen }: DemoOptions): Promise<0 | 1> => {
  const stage = createStage();
  const { world } = stage;
  const { clock } = world;
  const timeline = createTimeline(screen, clock.now());
  const watch = await createWatch(world);
  const troupe: Troupe = {
    clock,
    watch,
    timeline,
    nodes: createNodes(world),
    agents: createAgents(world),
  };

  timeline.text(`${OPENING}${indent(MANIFEST)}`);
  for (const [index, chapter] of [...STORY, ...NETWORK_STORY].entries()) {
    onStep?.(index + 1, stage);
    const step = chapter(stage, watch.now());
    timeline.heading(`${index + 1}. ${step.title}`);
    if (await runStep(step, troupe)) continue;
    timeline.text(`\nStep ${index + 1} failed: ${step.title}.`);
    return 1;
  }
  close(timeline, watch.now());
  return 0;
};
