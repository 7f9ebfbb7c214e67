import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { type Asked, everythingAsked, isPaused, nodeEnisOf } from './asked.ts';
import { isFor } from './compare.ts';
import { GIVEN_UP_SECONDS } from './missing-nodes.ts';
import type { Stage } from './stage.ts';
import { stateOf } from './states.ts';

/** Whoever has read what was so before has acted by then; a message that a dead function held comes later. */
const STEADY_SECONDS = 660;

export interface BesetWatch {
  begin(stage: Stage): void;
  /** Called every few seconds. */
  note(): void;
  /** Called with each call of EC2 at the moment it arrives. */
  see(action: string, input: { readonly AttachmentId?: string }): void;
  /** What went wrong since the last time. */
  takeFouls(): readonly string[];
}

interface Steady {
  readonly asked: Asked;
  readonly sinceMs: number;
}

const nameOf = ({ nodeEni, member, subnetId }: Asked): string =>
  [nodeEni.metadata.uid, nodeEni.metadata.generation, member.instanceId, subnetId].join('/');

/** One that is at another index than the one that is required moves to it. */
const mayMove = ({ nodeEni }: Asked): boolean =>
  (nodeEni.spec as Partial<NodeEniSpec>).deviceIndexPolicy === 'Require';

const isStillWanted = ({ nodeEni, member }: Asked, stage: Stage): boolean =>
  stage.ec2.fleet.instance(member.instanceId)?.state === 'running' &&
  nodeEnisOf(stage).some(
    (now) =>
      now.metadata.uid === nodeEni.metadata.uid &&
      now.metadata.generation === nodeEni.metadata.generation &&
      now.metadata.deletionTimestamp === undefined &&
      !isPaused(now),
  );

/**
 * Watches instances that a false Node claims: what their own Node has long asked for is not taken from them, neither beside it nor
 * while it is gone for a few minutes.
 */
export const createBesetWatch = (): BesetWatch => {
  let stage: Stage | undefined;
  /** What is asked of an instance by its own Node, and since when. */
  let steady = new Map<string, Steady>();
  /** Instance → since when its own Node is gone. */
  const goneSinceMs = new Map<string, number>();
  const fouls: string[] = [];

  /** Of whom the record went as well, nothing tells whose the false Node is not. */
  const isGoneForLittle = ({ instanceId }: Asked['member'], now: Stage): boolean => {
    const nowMs = now.clock.now().getTime();
    const seenMs = goneSinceMs.get(instanceId) ?? nowMs;
    goneSinceMs.set(instanceId, seenMs);
    const recorded = stateOf(instanceId, now)?.spec.nodeMissingSince;
    const sinceMs = recorded === undefined ? seenMs : Math.min(seenMs, Date.parse(recorded));
    return nowMs - sinceMs < GIVEN_UP_SECONDS * 1000 && !now.forgottenMs.has(instanceId);
  };

  const look = (now: Stage): void => {
    if (now.falseNodes.size === 0 && steady.size === 0) return;
    const nowMs = now.clock.now().getTime();
    const names = new Set(now.kubernetes.stored(NODES).map(({ metadata }) => metadata.name));
    for (const { instanceId, name } of now.members)
      if (names.has(name)) goneSinceMs.delete(instanceId);
    const kept = [...steady].filter(
      ([, { asked }]) =>
        !names.has(asked.member.name) &&
        isGoneForLittle(asked.member, now) &&
        isStillWanted(asked, now),
    );
    const seen = everythingAsked(now).map((asked): [string, Steady] => {
      const name = nameOf(asked);
      return [name, { asked, sinceMs: steady.get(name)?.sinceMs ?? nowMs }];
    });
    steady = new Map([...kept, ...seen]);
  };

  return {
    begin(next) {
      stage = next;
    },
    note() {
      if (stage !== undefined) look(stage);
    },
    see(action, { AttachmentId }) {
      if (stage === undefined || action !== 'DetachNetworkInterface') return;
      const { falseNodes, clock } = stage;
      const eni = stage.ours().find(({ attachment }) => attachment?.attachmentId === AttachmentId);
      const instanceId = eni?.attachment?.instanceId ?? '';
      if (eni === undefined || !falseNodes.has(instanceId)) return;
      look(stage);
      const one = [...steady.values()].find(
        ({ asked }) =>
          isFor(eni, asked) && asked.member.instanceId === instanceId && !mayMove(asked),
      );
      if (one === undefined) return;
      const doubles = stage.ours().filter((other) => isFor(other, one.asked)).length > 1;
      if (doubles || clock.now().getTime() - one.sinceMs < STEADY_SECONDS * 1000) return;
      fouls.push(
        `${eni.eniId} was taken from ${instanceId}, which a false Node claims beside its own`,
      );
    },
    takeFouls: () => fouls.splice(0),
  };
};
