import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { AwsCall } from '#test/support/servers/aws-call-log.ts';
import { productCalls, type SeenInterface } from '../e2e/ec2-observer.ts';
import { sendHeartbeats } from '../e2e/heartbeats.ts';
import { NODE_ENIS_PATH } from '../e2e/kube-client.ts';
import { manifestFor } from '../e2e/manifests.ts';
import type { Scene } from '../e2e/scene.ts';

/** One phase: how long it took, the EC2 calls made in it, and what was not as it had to be. */
export type Phase = {
  /** Milliseconds since 1970, as calls count them. */
  readonly beganAt: number;
  readonly seconds: number;
  readonly calls: readonly AwsCall[];
  readonly trouble: readonly string[];
};

const patienceSeconds = 180;
const pollMs = 25;
const nodeEniName = 'data';

const secondsSince = (beganAt: number): number => (Date.now() - beganAt) / 1000;

/** A new phase: the calls so far are forgotten. Out: when it began. */
const begin = ({ proxy }: Scene): number => {
  proxy.reset();
  return Date.now();
};

const phaseSince = (beganAt: number, { proxy }: Scene): Phase => ({
  beganAt,
  seconds: secondsSince(beganAt),
  calls: [...productCalls(proxy)],
  trouble: [],
});

/** Polls until there is no trouble left, or patience is at its end: then the last trouble is told. */
const until = async (
  scene: Scene,
  beganAt: number,
  look: () => Promise<string | undefined>,
): Promise<Phase> => {
  for (;;) {
    // Seconds and calls are those before the reconcile: what it finds was there when it began.
    const phase = phaseSince(beganAt, scene);
    const trouble = await look();
    if (trouble === undefined) return phase;
    if (phase.seconds > patienceSeconds) return { ...phase, trouble: [trouble] };
    await sleep(pollMs);
  }
};

const isRight = (eni: SeenInterface): boolean =>
  eni.status === 'in-use' && eni.deviceIndex === 2 && eni.deleteOnTermination === true;

/** Applies one NodeENI and waits until its status and EC2 both show an interface on every node. */
export const converge = async (scene: Scene): Promise<Phase> => {
  const count = scene.fleet.nodes.length;
  const nodeEni = parse(manifestFor(scene.fleet, {}, nodeEniName));
  const beganAt = begin(scene);
  const { status, body } = await scene.client.call('POST', NODE_ENIS_PATH, nodeEni);
  if (status !== 201) throw new Error(`The NodeENI was refused: ${JSON.stringify(body)}`);
  return until(scene, beganAt, async () => {
    const ready = (await scene.client.nodeEni(nodeEniName))?.status?.readyInterfaces ?? 0;
    if (ready !== count) return `${ready} of ${count} interfaces were ready.`;
    const enis = await scene.interfaces();
    const right = enis.filter(isRight).length;
    return right === count && enis.length === count
      ? undefined
      : `EC2 shows ${enis.length} interfaces, ${right} of them right, for ${count} nodes.`;
  });
};

export const stayQuiet = async (scene: Scene, seconds: number): Promise<Phase> => {
  const beganAt = begin(scene);
  await sleep(seconds * 1000);
  return phaseSince(beganAt, scene);
};

export const beat = async (scene: Scene, count: number): Promise<Phase> => {
  const beganAt = begin(scene);
  await sendHeartbeats(scene.client, scene.fleet.nodes, count);
  await sleep(5_000);
  return phaseSince(beganAt, scene);
};

/** Deletes the NodeENI and waits until the object is gone; an interface left then is a leak. */
export const release = async (scene: Scene): Promise<Phase> => {
  const beganAt = begin(scene);
  await scene.client.call('DELETE', `${NODE_ENIS_PATH}/${nodeEniName}`);
  const phase = await until(scene, beganAt, async () =>
    (await scene.client.nodeEni(nodeEniName)) === undefined ? undefined : 'The NodeENI stays.',
  );
  const left = await scene.interfaces();
  const leaks = left.length === 0 ? [] : [`${left.length} interfaces are left in EC2.`];
  return { ...phase, trouble: [...phase.trouble, ...leaks] };
};

/** The part of a phase that lies in its first seconds. */
export const firstSeconds = (phase: Phase, seconds: number): Phase => ({
  ...phase,
  seconds,
  calls: phase.calls.filter(({ at }) => at < phase.beganAt + seconds * 1000),
});
