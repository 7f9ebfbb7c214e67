import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_CONTAINER, NODE_ENVIRONMENT, NODE_FLAGS } from '#test/support/node/daemon-set.ts';
import { followLinks } from '#test/support/node/link-times.ts';
import { findObstacle } from '#test/support/node/obstacle.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { type AgentStage, RESOURCE, startAgentStage, until } from './agent-stage.ts';
import { type AgentFigures, type AgentGoals, agentTable, holds, judge } from './agent-table.ts';
import { describeMachine, peakMemoryMegabytes } from './machine.ts';
import { type StormFigures, stormOfPods } from './pod-storm.ts';
import { cpuSecondsOf, memoryOf } from './process-figures.ts';

const IDLE_INTERFACES = 2;
const ATTACHES = 40;
const MTU = 9001;
/** What follows the start: reconciles for the agent's own report, and the monitor's first. */
const REST_SECONDS = 5;
const BETWEEN_SECONDS = 0.25;

const { requests } = AGENT_CONTAINER.resources;

const goals: AgentGoals = {
  idleMegabytes: 64,
  linkMs: 25,
  requestsAnHour: 12,
  stormPercent: 10,
  requested: {
    megabytes: Number.parseInt(requests.memory, 10),
    millicores: Number.parseInt(requests.cpu, 10),
  },
};

const say = (line: string): void => {
  process.stderr.write(`bench: ${line}\n`);
};

const linkOf = (number: number): string => `ens${number}`;

/** The first one is offered to pods by the device plugin as well, which makes the agent look at its Node. */
const askedOf = (number: number) =>
  number === 1
    ? rowOf(1, { pciAddress: attachmentOf(1, linkOf(1)).pciAddress, resourceName: RESOURCE })
    : rowOf(number);

const ask = ({ ask: write }: AgentStage, numbers: readonly number[]): Promise<void> =>
  write(Object.fromEntries(numbers.map((number) => [slotOf(number), askedOf(number)])));

/** Waits for what follows a change: the report, and reconciles of what the agent has done itself. */
const rest = async ({ reported }: AgentStage, number: number): Promise<void> => {
  const isReported = async (): Promise<boolean> =>
    (await reported())[slotOf(number)]?.configured === true;
  await until(isReported, `${linkOf(number)} was not reported.`);
  await sleep(BETWEEN_SECONDS * 1000);
};

/**
 * Attaches the interfaces one by one, each with udev done with it. Out: milliseconds from the first sign of each link until
 * it was as asked, ascending. Rejects when one is not.
 */
const attach = async (
  stage: AgentStage,
  numbers: readonly number[],
): Promise<readonly number[]> => {
  const times = followLinks(stage.host.namespace, MTU);
  const took: number[] = [];
  for (const number of numbers) {
    const link = linkOf(number);
    await stage.host.attach(attachmentOf(number, link));
    await until(async () => times.milliseconds(link) !== undefined, `${link} was not configured.`);
    took.push(times.milliseconds(link) ?? Number.NaN);
    await rest(stage, number);
  }
  return took.toSorted((left, right) => left - right);
};

const measure = async (quietSeconds: number): Promise<AgentFigures> => {
  await using stage = await startAgentStage();
  const { pid } = stage.agent;
  const idle = Array.from({ length: IDLE_INTERFACES }, (_, at) => at + 1);
  await ask(stage, idle);
  await attach(stage, idle);
  await sleep(REST_SECONDS * 1000);

  if (stage.proxy.requests().length === 0) throw new Error('The proxy was asked nothing.');
  say(`${quietSeconds} quiet seconds`);
  stage.proxy.reset();
  const cpuBefore = cpuSecondsOf(pid);
  await sleep(quietSeconds * 1000);
  const idleCpuSeconds = cpuSecondsOf(pid) - cpuBefore;
  const idleRequests = [...stage.proxy.requests()];
  const idleMemory = memoryOf(pid);
  if (stage.probeFaults() !== '') throw new Error(`A probe failed: ${stage.probeFaults()}`);

  say('pods come and go');
  const storm: StormFigures = await stormOfPods(stage);

  say(`${ATTACHES} attaches`);
  const numbers = Array.from({ length: ATTACHES }, (_, at) => IDLE_INTERFACES + at + 1);
  await ask(stage, numbers);
  const linkMs = await attach(stage, numbers);
  const peakMegabytes = peakMemoryMegabytes(pid);
  return {
    ...{ quietSeconds, idle: idleMemory, peakMegabytes },
    ...{ idleCpuSeconds, idleRequests, storm, linkMs },
  };
};

/**
 * Measures the built agent in a network namespace, as the DaemonSet runs it: the manifest's options of Node, probes as the
 * kubelet's, a Node, and an API server behind a proxy that counts. In: seconds in which nothing happens. Out: whether all
 * goals hold. False as well where network namespaces cannot be made.
 */
export const benchAgent = async (quietSeconds: number): Promise<boolean> => {
  const obstacle = await findObstacle();
  if (obstacle !== undefined) {
    say(obstacle);
    return false;
  }
  const figures = await measure(quietSeconds);
  const judged = judge(figures, goals);
  const flags = [...NODE_FLAGS, ...Object.entries(NODE_ENVIRONMENT).map((pair) => pair.join('='))];
  const title = `Node agent, ${IDLE_INTERFACES} interfaces and ${quietSeconds} quiet seconds, then ${ATTACHES} attaches; ${flags.join(' ')}`;
  process.stdout.write(`${title}\n${describeMachine()}\n\n${agentTable(figures, judged)}\n`);
  return judged.every(holds);
};
