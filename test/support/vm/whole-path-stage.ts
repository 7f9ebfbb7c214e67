import { afterAll, beforeAll, inject, onTestFailed } from 'vitest';
import { openScene, type Scene } from '#test/e2e/scene.ts';
import { type Stage, startStage } from '#test/e2e/stage.ts';
import { installAgentRights, startAgentInCluster } from './agent-in-cluster.ts';
import { type PluggingEc2, type PlugMoment, startEc2ThatPlugs } from './ec2-that-plugs.ts';
import type { GuestProgram } from './guest-agent.ts';
import type { Machine } from './machine.ts';

/** The first run on a machine builds the servers. */
const BUILD_MS = 20 * 60_000;

/** What was so at a moment, read in the guest and from the API server. */
export interface Moment {
  readonly what: PlugMoment | 'still held';
  /** Driver of the device; empty when it has none or is not there. */
  readonly driver: string;
  /** Of the NodeENI `data`; none when it is gone. */
  readonly finalizers: readonly string[];
}

/** A cluster of one node, which is a virtual machine, with all of the product running. */
export interface WholePath extends Scene {
  /** What happened to the machine's devices, oldest first. */
  readonly moments: Moment[];
  /** Adds what is so now, of the device at that PCI address. */
  readonly note: (what: Moment['what'], address: string) => Promise<void>;
  /** Shows what the agent said when the test fails. */
  readonly showAgent: () => void;
}

/** An API server and an EC2 for the file. They start while the machine boots, when this is called before it is asked for. */
export const useStage = (): (() => Promise<Stage>) => {
  let starting: Promise<Stage> | undefined;
  beforeAll(() => {
    if (inject('vmObstacle') !== undefined) return;
    starting = startStage();
    // Told to whoever asks for it.
    starting.catch(() => undefined);
  });
  afterAll(async () => {
    await (await starting)?.stop();
  });
  return () => starting ?? Promise.reject(new Error('There is no stage.'));
};

/** What was so when something happened to a device. */
const lookAround = async (
  { run }: Machine,
  { client }: Stage,
  address: string,
): Promise<Omit<Moment, 'what'>> => {
  const [{ stdout }, nodeEni] = await Promise.all([
    run(`basename "$(readlink /sys/bus/pci/devices/${address}/driver)"`),
    client.nodeEni('data'),
  ]);
  return { driver: stdout.trim(), finalizers: nodeEni?.metadata.finalizers ?? [] };
};

/** The product between a stage and a machine, once for the file: `nodeeni local`, and the agent in the guest. */
export const useWholePath = (
  stage: () => Promise<Stage>,
  machine: () => Machine,
): (() => WholePath) => {
  const moments: Moment[] = [];
  let ec2: PluggingEc2 | undefined;
  let scene: Scene | undefined;
  let agent: GuestProgram | undefined;

  const note: WholePath['note'] = async (what, address) => {
    moments.push({ what, ...(await lookAround(machine(), await stage(), address)) });
  };

  beforeAll(async () => {
    if (inject('vmObstacle') !== undefined) return;
    const started = await stage();
    await installAgentRights(started);
    ec2 = await startEc2ThatPlugs({
      motoUrl: started.motoUrl,
      machine: machine(),
      onMoment: note,
    });
    scene = await openScene({ ...started, motoUrl: ec2.url });
    agent = await startAgentInCluster(machine(), started, scene.fleet.nodes[0]?.name ?? '');
    await scene.startLocal();
  }, BUILD_MS);

  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
    await ec2?.stop();
  });

  return () => {
    if (scene === undefined) throw new Error('There is no cluster.');
    return {
      ...scene,
      moments,
      note,
      showAgent: () =>
        onTestFailed(async () => {
          process.stderr.write(`The agent said:\n${await agent?.output()}\n`);
        }),
    };
  };
};
