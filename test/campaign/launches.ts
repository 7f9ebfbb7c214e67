import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { slotOf } from './slot.ts';
import type { Stage } from './stage.ts';
import { subnetsFor } from './subnets.ts';

/** A NodeENI counts from this time after its last change on; before, nobody may know of it. */
const KNOWN_AFTER_SECONDS = 60;

/** Interfaces that are there for so long leave no reason to wait. */
const READY_SECONDS = 60;

/** What a dead function held comes back after six time-outs, and a lost event is made good by a sweep. */
const HEALED_AFTER_SECONDS = 660;

/** An instance has eight places; one that is full may leave a slot out. */
const MOST_INTERFACES = 8;

const ZONE = 'us-east-1a';

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
    for (const { metadata } of kubernetes.stored(NODE_ENIS)) {
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

  const wantedBy = ({ kubernetes }: Stage): readonly NodeEni[] =>
    (kubernetes.stored(NODE_ENIS) as unknown as readonly NodeEni[]).filter(
      ({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.paused !== true,
    );

  const slotsOf = (nodeEni: NodeEni, instanceId: string, on: Stage): readonly string[] =>
    subnetsFor(nodeEni, ZONE, on).map(
      (subnet) => `${nodeEni.metadata.uid} ${instanceId} ${subnet}`,
    );

  const isFull = (instanceId: string, { ec2 }: Stage): boolean =>
    ec2.interfaces().filter(({ attachment }) => attachment?.instanceId === instanceId).length >=
    MOST_INTERFACES;

  const judgeTimeOut = (instanceId: string, at: Date, on: Stage): void => {
    const atMs = at.getTime();
    const wanted = wantedBy(on);
    const isClear =
      atMs - on.trouble.lastMs() >= HEALED_AFTER_SECONDS * 1000 &&
      wanted.every((one) => isSteady(one, atMs) && one.spec.deviceIndexPolicy !== 'Require');
    const isReady = wanted
      .flatMap((one) => slotsOf(one, instanceId, on))
      .every((slot) => atMs - (attachedMs.get(slot) ?? atMs) >= READY_SECONDS * 1000);
    if (isClear && isReady) fouls.push(`the hook of ${instanceId} timed out although it was ready`);
  };

  return {
    begin(on) {
      stage = on;
    },
    note() {
      if (stage !== undefined) note(stage);
    },
    see(action, { InstanceId = '', LifecycleActionResult }) {
      if (stage === undefined || action !== 'CompleteLifecycleAction') return;
      if (LifecycleActionResult !== 'CONTINUE' || isFull(InstanceId, stage)) return;
      note(stage);
      const nowMs = stage.clock.now().getTime();
      for (const nodeEni of wantedBy(stage).filter((one) => isSteady(one, nowMs)))
        for (const slot of slotsOf(nodeEni, InstanceId, stage))
          if (!attachedMs.has(slot)) fouls.push(`${InstanceId} went into service without ${slot}`);
    },
    takeFouls() {
      if (stage === undefined) return [];
      note(stage);
      const { completions } = stage.autoScaling;
      for (const { instanceId, by, at } of completions.slice(judged))
        if (by === 'timeout') judgeTimeOut(instanceId, at, stage);
      judged = completions.length;
      return fouls.splice(0);
    },
  };
};
