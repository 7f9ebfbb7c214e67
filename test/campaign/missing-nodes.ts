import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { slotOf } from './slot.ts';
import type { Stage } from './stage.ts';
import { stateOf } from './states.ts';

/** Whoever has read the Node before it went has acted by then. */
const MISSING_SECONDS = 60;

/** For ten minutes nothing is taken; a reconcile begins as long as this before its call, and may have seen the Node go sooner than we. */
export const GIVEN_UP_SECONDS = 570;

/** What functions held when they died comes back after the queue's time-out, which is six times theirs. */
const BLIND_SECONDS = 360;

/** A Node that comes and goes while Kubernetes is away or the functions are dead is seen by nobody: it was missing all along. */
const isUnseen = (instanceId: string, stage: Stage): boolean =>
  stateOf(instanceId, stage)?.spec.nodeMissingSince !== undefined &&
  stage.clock.now().getTime() - stage.trouble.lastMs() < BLIND_SECONDS * 1000;

const releasingOf = (instanceId: string, stage: Stage): readonly string[] => {
  const state = stateOf(instanceId, stage);
  return Object.values(state?.spec.interfaces ?? {}).flatMap(({ phase, eniId = [] }) =>
    phase === 'Releasing' ? eniId : [],
  );
};

export interface NodeWatch {
  begin(stage: Stage): void;
  /** Called every few seconds. */
  note(): void;
  /** Called with each call of EC2 at the moment it arrives. */
  see(action: string, input: { readonly AttachmentId?: string }): void;
  /** What went wrong since the last time. */
  takeFouls(): readonly string[];
}

/**
 * Watches instances whose Node object is missing: nobody knows their labels, so for ten minutes an interface that somebody
 * still asks for is not taken from them. Instances of the group are left out, since the group's tags tell their labels.
 */
export const createNodeWatch = (): NodeWatch => {
  let stage: Stage | undefined;
  const missingSinceMs = new Map<string, number>();
  /** ENIs that were on their way out before the Node went, or when nobody asked for them: what has begun is brought to its end. */
  const releasing = new Set<string>();
  const fouls: string[] = [];

  const hasNode = (instanceId: string, { kubernetes, members }: Stage): boolean => {
    const name = members.find((member) => member.instanceId === instanceId)?.name;
    return kubernetes.stored(NODES).some(({ metadata }) => metadata.name === name);
  };

  /** One that comes under another name, and goes, has not ended the absence of the one that was known. */
  const knownSinceMs = (instanceId: string, now: Stage): number => {
    const { nodeName, nodeMissingSince } = stateOf(instanceId, now)?.spec ?? {};
    const name = now.members.find((member) => member.instanceId === instanceId)?.name;
    const isOther = nodeName !== name && nodeMissingSince !== undefined;
    return isOther ? Date.parse(nodeMissingSince) : Number.POSITIVE_INFINITY;
  };

  const isMissing = (instanceId: string, now: Stage): boolean => {
    const seenMs = missingSinceMs.get(instanceId);
    if (seenMs === undefined || hasNode(instanceId, now)) return false;
    const sinceMs = Math.min(seenMs, knownSinceMs(instanceId, now));
    const seconds = (now.clock.now().getTime() - sinceMs) / 1000;
    return isJudged(instanceId, now) && seconds >= MISSING_SECONDS && seconds < GIVEN_UP_SECONDS;
  };

  /** Whose record went while no Node was there is known by nothing: the only Node that names it is taken for its own. */
  const isMistaken = (instanceId: string, { falseNodes, forgottenMs }: Stage): boolean =>
    falseNodes.has(instanceId) && forgottenMs.has(instanceId);

  const isJudged = (instanceId: string, now: Stage): boolean =>
    now.ec2.fleet.instance(instanceId)?.state === 'running' &&
    !now.scalingGroups.isMember(instanceId) &&
    !isMistaken(instanceId, now);

  const isWanted = (eni: SimulatedInterface, { kubernetes, ours }: Stage): boolean => {
    const nodeEni = kubernetes
      .stored(NODE_ENIS)
      .find(({ metadata }) => metadata.uid === eni.tags.get(TAGS.uid));
    const isOnly = ours().filter((one) => slotOf(one) === slotOf(eni)).length === 1;
    if (nodeEni === undefined || nodeEni.metadata.deletionTimestamp !== undefined) return false;
    // One that is at another index than the one that is required moves to it.
    const { deviceIndexPolicy } = nodeEni.spec as Partial<NodeEniSpec>;
    return isOnly && deviceIndexPolicy !== 'Require';
  };

  const noteOf = (instanceId: string, now: Stage): void => {
    if (hasNode(instanceId, now)) {
      if (!isUnseen(instanceId, now)) missingSinceMs.delete(instanceId);
      return;
    }
    const isNew = !missingSinceMs.has(instanceId);
    if (isNew) missingSinceMs.set(instanceId, now.clock.now().getTime());
    for (const eniId of releasingOf(instanceId, now)) {
      const eni = now.ours().find((one) => one.eniId === eniId);
      if (isNew || (eni && !isWanted(eni, now))) releasing.add(eniId);
    }
  };

  /** The interface is where it belongs, was not on its way out, and is asked for still. */
  const isKept = (eni: SimulatedInterface, now: Stage): boolean =>
    eni.attachment?.instanceId === eni.tags.get(TAGS.instance) &&
    !releasing.has(eni.eniId) &&
    isWanted(eni, now);

  return {
    begin(next) {
      stage = next;
    },
    note() {
      const now = stage;
      if (now !== undefined) for (const { instanceId } of now.members) noteOf(instanceId, now);
    },
    see(action, { AttachmentId }) {
      if (stage === undefined || action !== 'DetachNetworkInterface') return;
      const eni = stage.ours().find(({ attachment }) => attachment?.attachmentId === AttachmentId);
      const instanceId = eni?.attachment?.instanceId ?? '';
      if (eni && isMissing(instanceId, stage) && isKept(eni, stage))
        fouls.push(`${eni.eniId} was taken from ${instanceId}, whose Node is missing`);
    },
    takeFouls: () => fouls.splice(0),
  };
};
