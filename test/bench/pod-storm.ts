import { setTimeout as sleep } from 'node:timers/promises';
import { createNamespace } from '#test/support/node/namespace.ts';
import { type AgentStage, nodePath } from './agent-stage.ts';
import { cpuSecondsOf } from './process-figures.ts';

const PODS = 200;
const SECONDS = 15;

/** What comes after the last pod belongs to it. */
const REST_SECONDS = 2;

export type StormFigures = {
  readonly pods: number;
  /** How long the pods took to come, and what the agent used of one processor then, in percent. */
  readonly comingSeconds: number;
  readonly comingPercent: number;
  /** The same of their going. */
  readonly goingPercent: number;
  /** How often the Node was read. */
  readonly nodeReads: number;
};

/** Of the agent and of the programs that it runs now; those that have ended count as its own. */
const cpuSecondsWithChildren = ({ agent }: AgentStage): number =>
  [agent.pid, ...agent.children().values()].reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);

/** Runs a step for each pod, evenly over the time. Out: how long it took, and the agent's processor time in percent of it. */
const paced = async (
  stage: AgentStage,
  step: (pod: number) => Promise<void>,
): Promise<{ readonly seconds: number; readonly percent: number }> => {
  const cpuBefore = cpuSecondsWithChildren(stage);
  const beganMs = performance.now();
  for (let pod = 0; pod < PODS; pod += 1) {
    const dueMs = beganMs + (pod * SECONDS * 1000) / PODS;
    await sleep(Math.max(0, dueMs - performance.now()));
    await step(pod);
  }
  const seconds = (performance.now() - beganMs) / 1000;
  await sleep(REST_SECONDS * 1000);
  return { seconds, percent: (100 * (cpuSecondsWithChildren(stage) - cpuBefore)) / seconds };
};

/** Lets pods come to the host and go, each with a link as the VPC CNI makes it: one end in the pod, the other one up. */
export const stormOfPods = async (stage: AgentStage): Promise<StormFigures> => {
  const { namespace } = stage.host;
  const pods = await createNamespace();
  stage.proxy.reset();
  try {
    const coming = await paced(stage, (pod) =>
      namespace.batch([
        `link add name eni${pod} type veth peer name pod${pod}`,
        `link set dev pod${pod} netns ${pods.name}`,
        `link set dev eni${pod} up`,
      ]),
    );
    const going = await paced(stage, (pod) => namespace.batch([`link delete dev eni${pod}`]));
    const nodeReads = stage.proxy.requests().filter((one) => one === `GET ${nodePath}`).length;
    return {
      pods: PODS,
      comingSeconds: coming.seconds,
      comingPercent: coming.percent,
      goingPercent: going.percent,
      nodeReads,
    };
  } finally {
    await pods.remove();
  }
};
