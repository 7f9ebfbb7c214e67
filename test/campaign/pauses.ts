import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import type { Stage } from './stage.ts';
import { statesOf } from './states.ts';

/** Whoever read the NodeENI before it was paused has acted by then. */
const KNOWN_AFTER_SECONDS = 60;

/** Watches what hosts are asked for by NodeENIs that are paused. Out: called every few seconds, tells what is wrong. */
export const createPauseWatch = ({ kubernetes, clock }: Stage) => {
  /** By uid, of those that are there. */
  let pausedSinceMs = new Map<string, number>();
  /** Records that asked the host to let go when they were last looked at. */
  let releasing = new Set<string>();

  const notePauses = (nowMs: number): void => {
    const nodeEnis = kubernetes.stored(NODE_ENIS) as unknown as readonly NodeEni[];
    const paused = nodeEnis.filter(({ spec }) => spec.paused === true);
    pausedSinceMs = new Map(
      paused.map(({ metadata: { uid } }) => [uid, pausedSinceMs.get(uid) ?? nowMs]),
    );
  };

  return (): readonly string[] => {
    const nowMs = clock.now().getTime();
    notePauses(nowMs);
    const isPaused = (uid: string): boolean =>
      nowMs - (pausedSinceMs.get(uid) ?? nowMs) >= KNOWN_AFTER_SECONDS * 1000;
    const asked = statesOf({ kubernetes }).flatMap(({ metadata, spec }) =>
      Object.entries(spec.interfaces ?? {})
        .filter(([, { phase }]) => phase === 'Releasing')
        .map(([slot, { nodeEniUid }]) => ({ name: `${slot} on ${metadata.name}`, nodeEniUid })),
    );
    const broken = asked
      .filter(({ name, nodeEniUid }) => isPaused(nodeEniUid) && !releasing.has(name))
      .map(({ name }) => `the host was asked to let go of ${name}, which is paused`);
    releasing = new Set(asked.map(({ name }) => name));
    return broken;
  };
};
