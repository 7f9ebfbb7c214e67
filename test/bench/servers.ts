import { sendHeartbeats } from '../e2e/heartbeats.ts';
import { openScene } from '../e2e/scene.ts';
import { startStage } from '../e2e/stage.ts';
import { describeMachine, peakMemoryMegabytes } from './machine.ts';
import { beat, converge, release, stayQuiet } from './phases.ts';
import { type Figures, figuresTable } from './servers-table.ts';

export type ServersOptions = { readonly nodes: number; readonly quietSeconds: number };

const latencyMs = 100;
const heartbeats = 100;

const say = (line: string): void => {
  process.stderr.write(`bench: ${line}\n`);
};

/** How nodes are called: as EC2 calls their instances, or as kubeadm, kOps and people's own tools do. */
const NAMINGS = {
  'private DNS names': {},
  'names of their own': { nodeName: (number: number) => `worker-${number}.example.org` },
} as const;

const measure = async (
  naming: keyof typeof NAMINGS,
  { nodes, quietSeconds }: ServersOptions,
): Promise<Figures> => {
  await using stage = await startStage();
  const fleet = { size: nodes, zones: ['us-east-1a'], ...NAMINGS[naming] };
  await using scene = await openScene(stage, { ...fleet, latencyMs });
  // The nodes have long been ready: a launch is looked at once more, for the label of nodes without an agent.
  await sendHeartbeats(scene.client, scene.fleet.nodes, nodes);
  const local = await scene.startLocal({ budget: 1, sweepInterval: '5m' });
  const { body } = await scene.client.call('GET', '/version');
  const { gitVersion } = body as { readonly gitVersion: string };

  say(`one NodeENI for ${nodes} nodes with ${naming}`);
  const built = await converge(scene);
  say(`${quietSeconds} quiet seconds`);
  const quiet = await stayQuiet(scene, quietSeconds);
  say(`${heartbeats} node heartbeats`);
  const beaten = await beat(scene, heartbeats);
  say('deletion');
  const released = await release(scene);

  const peakMegabytes = peakMemoryMegabytes(local.pid);
  const trouble = [built, quiet, beaten, released].flatMap((phase) => phase.trouble);
  const kubernetes = `kube-apiserver ${gitVersion}`;
  return { naming, nodes, kubernetes, built, quiet, beaten, released, peakMegabytes, trouble };
};

/**
 * Measures `nodeeni local` on a real kube-apiserver and moto, whose every EC2 call takes 0.1 s more, once for each way of
 * naming nodes. In: how many nodes, and how long nothing happens. Out: false when something did not converge or an
 * interface was left; times are printed and never judged.
 */
export const benchServers = async (options: ServersOptions): Promise<boolean> => {
  const all: Figures[] = [];
  for (const naming of ['private DNS names', 'names of their own'] as const)
    all.push(await measure(naming, options));
  const kubernetes = [...new Set(all.map((figures) => figures.kubernetes))].join(', ');
  const title = `${options.nodes} nodes × 1 interface, ${kubernetes}, moto with ${latencyMs / 1000} s added to every EC2 call`;
  process.stdout.write(`${title}\n${describeMachine()}\n\n${figuresTable(all)}\n`);
  const trouble = all.flatMap((figures) =>
    figures.trouble.map((line) => `${figures.naming}: ${line}`),
  );
  for (const line of trouble) say(line);
  return trouble.length === 0;
};
