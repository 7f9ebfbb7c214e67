import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { slotOf } from './slot.ts';
import { GROUP, type Stage } from './stage.ts';

/** Whoever has read the Node before it went has acted by then. */
const MISSING_SECONDS = 60;

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
 * Watches instances whose Node object is missing: nobody knows their labels, so an interface that somebody still asks for
 * is not taken from them. Instances of the group are left out, since the group's tags tell their labels.
 */
export const createNodeWatch = (): NodeWatch => {
  let stage: Stage | undefined;
  const missingSinceMs = new Map<string, number>();
  const fouls: string[] = [];

  const isMissing = (instanceId: string, nowMs: number): boolean =>
    nowMs - (missingSinceMs.get(instanceId) ?? nowMs) >= MISSING_SECONDS * 1000;

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

  return {
    begin(next) {
      stage = next;
    },
    note() {
      if (stage === undefined) return;
      const { kubernetes, members, autoScaling, ec2, clock } = stage;
      const names = new Set(kubernetes.stored(NODES).map(({ metadata }) => metadata.name));
      for (const { instanceId, name } of members) {
        const isRunning = ec2.fleet.instance(instanceId)?.state === 'running';
        const isJudged = isRunning && !autoScaling.states(GROUP).has(instanceId);
        if (!isJudged || names.has(name)) missingSinceMs.delete(instanceId);
        else if (!missingSinceMs.has(instanceId))
          missingSinceMs.set(instanceId, clock.now().getTime());
      }
    },
    see(action, { AttachmentId }) {
      if (stage === undefined || action !== 'DetachNetworkInterface') return;
      const nowMs = stage.clock.now().getTime();
      const eni = stage.ours().find(({ attachment }) => attachment?.attachmentId === AttachmentId);
      const instanceId = eni?.attachment?.instanceId ?? '';
      const isInPlace = instanceId === eni?.tags.get(TAGS.instance);
      if (eni && isInPlace && isMissing(instanceId, nowMs) && isWanted(eni, stage))
        fouls.push(`${eni.eniId} was taken from ${instanceId}, whose Node is missing`);
    },
    takeFouls: () => fouls.splice(0),
  };
};
