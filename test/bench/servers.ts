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

const measure = async ({ nodes, quietSeconds }: ServersOptions): Promise<Figures> => {
  await using stage = await startStage();
  await using scene = await openScene(stage, { size: nodes, zones: ['us-east-1a'], latencyMs });
  const local = await scene.startLocal({ budget: 1, sweepInterval: '5m' });
  const { body } = await scene.client.call('GET', '/version');
  const { gitVersion } = body as { readonly gitVersion: string };

  say(`one NodeENI for ${nodes} nodes`);
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
  return { nodes, kubernetes, built, quiet, beaten, released, peakMegabytes, trouble };
};

/**
 * Measures `nodeeni local` on a real kube-apiserver and moto, whose every EC2 call takes 0.1 s more.
 * In: how many nodes, and how long nothing happens. Out: false when something did not converge or an
 * interface was left; times are printed and never judged.
 */
export const benchServers = async (options: ServersOptions): Promise<boolean> => {
  const figures = await measure(options);
  const title = `${options.nodes} nodes × 1 interface, ${figures.kubernetes}, moto with ${latencyMs / 1000} s added to every EC2 call`;
  process.stdout.write(`${title}\n${describeMachine()}\n\n${figuresTable(figures)}\n`);
  for (const trouble of figures.trouble) say(trouble);
  return figures.trouble.length === 0;
};
