import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { type Asked, askedOn, isContested, isFull, isImpossible, nodeEnisOf } from './asked.ts';
import { isFor } from './compare.ts';
import { LABELS } from './labels.ts';
import { slotOf } from './slot.ts';
import type { Member, Stage } from './stage.ts';
import { subnetsFor } from './subnets.ts';

/** A NodeENI counts from this time after its last change on; before, nobody may know of it. */
const KNOWN_AFTER_SECONDS = 60;

/** Interfaces that are there for so long leave no reason to wait. */
const READY_SECONDS = 60;

/** What a dead function held comes back after six time-outs, and a lost event is made good by a sweep. */
const HEALED_AFTER_SECONDS = 660;

const ZONE = 'us-east-1a';

/** What has not registered yet has no name. */
const memberOf = (instanceId: string): Member => ({ instanceId, name: '', zone: ZONE });

const nodesOf = (instanceId: string, { kubernetes }: Stage) =>
  kubernetes
    .stored(NODES)
    .filter(({ spec }) =>
      String((spec as { providerID?: string })?.providerID).endsWith(instanceId),
    );

/** Its Node is there, and somebody gave it a label that no NodeENI selects. */
const isLabelledOtherwise = (instanceId: string, on: Stage): boolean =>
  nodesOf(instanceId, on).some(({ metadata }) => (metadata.labels?.ng ?? LABELS.ng) !== LABELS.ng);

/** A NodeENI asks for a label that nothing promises to the group's nodes: only its Node can tell. */
const isUndecided = (instanceId: string, nodeEnis: readonly NodeEni[], on: Stage): boolean =>
  nodesOf(instanceId, on).length === 0 &&
  nodeEnis.some(({ spec }) => Object.keys(spec.nodeSelector ?? {}).some((key) => !(key in LABELS)));

interface Completing {
  readonly InstanceId?: string;
  readonly LifecycleActionResult?: string;
}

interface Steady {
  readonly generation: number | undefined;
  readonly sinceMs: number;
}

export interface LaunchWatch {
  begin(stage: Stage): void;
  /** Called before whatever may take an interface away, so that it counts as seen. */
  note(): void;
  /** Called with each Auto Scaling call at the moment it arrives. */
  see(action: string, input: Completing): void;
  /** True for an instance that something keeps from ever being ready. */
  isHopeless(instanceId: string): boolean;
  /** What went wrong since the last time. */
  takeFouls(): readonly string[];
}

/**
 * Watches the launches of the group: no instance goes into service before its interfaces were attached, and none is
 * given up by a time-out while they are.
 */
export const createLaunchWatch = (): LaunchWatch => {
  let stage: Stage | undefined;
  const steady = new Map<string, Steady>();
  /** Slot → when it was first seen attached. */
  const attachedMs = new Map<string, number>();
  const fouls: string[] = [];
  let judged = 0;

  const note = ({ kubernetes, clock, ours }: Stage): void => {
    const nowMs = clock.now().getTime();
    for (const { metadata } of nodeEnisOf({ kubernetes })) {
      const uid = metadata.uid ?? '';
      const { generation } = metadata;
      if (steady.get(uid)?.generation !== generation)
        steady.set(uid, { generation, sinceMs: nowMs });
    }
    for (const eni of ours())
      if (eni.attachment?.status === 'attached' && !attachedMs.has(slotOf(eni)))
        attachedMs.set(slotOf(eni), nowMs);
  };

  const isSteady = ({ metadata }: NodeEni, nowMs: number): boolean =>
    nowMs - (steady.get(metadata.uid ?? '')?.sinceMs ?? nowMs) >= KNOWN_AFTER_SECONDS * 1000;

  const wantedBy = (on: Stage): readonly NodeEni[] =>
    nodeEnisOf(on).filter(
      ({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.paused !== true,
    );

  const slotsOf = (nodeEni: NodeEni, instanceId: string, on: Stage): readonly string[] => {
    if (on.scalingGroups.isRuledOut(instanceId) || isLabelledOtherwise(instanceId, on)) return [];
    return subnetsFor(nodeEni, ZONE, on).map(
      (subnet) => `${nodeEni.metadata.uid} ${instanceId} ${subnet}`,
    );
  };

  /** It is full, or an index that somebody requires is taken on it: whoever waits for that waits until the deadline. */
  const isHopeless = (instanceId: string, on: Stage): boolean => {
    const member = memberOf(instanceId);
    const asked = wantedBy(on).flatMap((one) => askedOn(one, member, on));
    const isTaken = (one: Asked): boolean =>
      isContested(
        one,
        on.ours().find((eni) => isFor(eni, one)),
        on,
      );
    const isNever = wantedBy(on).some((one) => isImpossible(one, on)) || asked.some(isTaken);
    return isNever || isFull(member, on);
  };

  /** Everything works, and everybody knows what is asked for, since so long ago. */
  const isClear = (atMs: number, on: Stage): boolean =>
    atMs - on.trouble.lastMs() >= HEALED_AFTER_SECONDS * 1000 &&
    wantedBy(on).every((one) => isSteady(one, atMs));

  /** Nobody heard of the launch, and the time-out was over before a sweep that would have found it. */
  const isUnheard = (atMs: number, { heartbeatTimeoutSeconds, sweepSeconds, trouble }: Stage) =>
    heartbeatTimeoutSeconds < sweepSeconds &&
    trouble.wasSilent(atMs - heartbeatTimeoutSeconds * 1000);

  const judgeTimeOut = (instanceId: string, at: Date, on: Stage): void => {
    const atMs = at.getTime();
    const slots = wantedBy(on).flatMap((one) => slotsOf(one, instanceId, on));
    if (!isClear(atMs, on)) return;
    const isReady = slots.every(
      (slot) => atMs - (attachedMs.get(slot) ?? atMs) >= READY_SECONDS * 1000,
    );
    const isUntouched = !slots.some((slot) => attachedMs.has(slot));
    const wasClear = isClear(atMs - on.heartbeatTimeoutSeconds * 1000, on);
    if (isReady && !isUndecided(instanceId, wantedBy(on), on))
      fouls.push(`the hook of ${instanceId} timed out although it was ready`);
    else if (isUntouched && wasClear && !isUnheard(atMs, on) && !isHopeless(instanceId, on))
      fouls.push(`the hook of ${instanceId} timed out and nothing was attached`);
  };

  const judgeContinue = (instanceId: string, on: Stage): void => {
    if (isFull(memberOf(instanceId), on)) return;
    note(on);
    const nowMs = on.clock.now().getTime();
    for (const nodeEni of wantedBy(on).filter((one) => isSteady(one, nowMs)))
      for (const slot of slotsOf(nodeEni, instanceId, on))
        if (!attachedMs.has(slot)) fouls.push(`${instanceId} went into service without ${slot}`);
  };

  return {
    begin(on) {
      stage = on;
    },
    note() {
      if (stage !== undefined) note(stage);
    },
    see(action, { InstanceId = '', LifecycleActionResult }) {
      if (action === 'CompleteLifecycleAction' && LifecycleActionResult === 'CONTINUE' && stage)
        judgeContinue(InstanceId, stage);
    },
    isHopeless: (instanceId) => stage !== undefined && isHopeless(instanceId, stage),
    takeFouls() {
      if (stage === undefined) return [];
      note(stage);
      const { completions } = stage.autoScaling;
      for (const { instanceId, by, at } of completions.slice(judged))
        if (by === 'timeout' && !stage.referee.isProtected(instanceId))
          judgeTimeOut(instanceId, at, stage);
      judged = completions.length;
      return fouls.splice(0);
    },
  };
};
