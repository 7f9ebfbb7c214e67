import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { type Asked, everythingAsked } from './asked.ts';
import { isFor } from './compare.ts';
import type { Stage } from './stage.ts';

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

const nameOf = ({ nodeEni, member, subnetId }: Asked): string =>
  [nodeEni.metadata.uid, nodeEni.metadata.generation, member.instanceId, subnetId].join('/');

/**
 * Watches instances that a false Node claims beside their own: what their own Node has long asked for is not taken from them.
 */
export const createBesetWatch = (): BesetWatch => {
  let stage: Stage | undefined;
  /** What is asked of an instance by its own Node, and since when. */
  let askedSinceMs = new Map<string, number>();
  const fouls: string[] = [];

  /** One that is at another index than the one that is required moves to it. */
  const mayMove = ({ nodeEni }: Asked): boolean =>
    (nodeEni.spec as Partial<NodeEniSpec>).deviceIndexPolicy === 'Require';

  return {
    begin(next) {
      stage = next;
    },
    note() {
      if (stage === undefined) return;
      if (stage.falseNodes.size === 0 && askedSinceMs.size === 0) return;
      const nowMs = stage.clock.now().getTime();
      const names = new Set(stage.kubernetes.stored(NODES).map(({ metadata }) => metadata.name));
      const asked = everythingAsked(stage).filter(({ member }) => names.has(member.name));
      const before = askedSinceMs;
      askedSinceMs = new Map(
        asked.map((one) => [nameOf(one), before.get(nameOf(one)) ?? nowMs] as const),
      );
    },
    see(action, { AttachmentId }) {
      if (stage === undefined || action !== 'DetachNetworkInterface') return;
      const { falseNodes, clock } = stage;
      const eni = stage.ours().find(({ attachment }) => attachment?.attachmentId === AttachmentId);
      const instanceId = eni?.attachment?.instanceId ?? '';
      if (eni === undefined || !falseNodes.has(instanceId)) return;
      const one = everythingAsked(stage).find(
        (asked) => isFor(eni, asked) && asked.member.instanceId === instanceId && !mayMove(asked),
      );
      const sinceMs = one && askedSinceMs.get(nameOf(one));
      const doubles = stage.ours().filter((other) => one && isFor(other, one)).length > 1;
      if (sinceMs === undefined || doubles) return;
      if (clock.now().getTime() - sinceMs < STEADY_SECONDS * 1000) return;
      fouls.push(
        `${eni.eniId} was taken from ${instanceId}, which a false Node claims beside its own`,
      );
    },
    takeFouls: () => fouls.splice(0),
  };
};
