import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { insist } from '../insist.ts';
import { takeIndex } from '../take-index.ts';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

const HELD = 6;

/** An interface is to move to an index that somebody holds, so it stays where it is; just that place is asked for by another. */
export const heldIndex: Situation = async (stage, { position, forSeconds, way }) => {
  const { kubernetes, clock, groups } = stage;
  const securityGroupIDs = [groups.one];
  await applyBeside('mover', { securityGroupIDs, deviceIndex: 3 }, stage);
  await clock.sleep(forSeconds * 1000);
  const member = stage.aliveAt(position);
  const index = stage
    .ours()
    .find(
      ({ tags, attachment }) =>
        tags.get(TAGS.name) === 'mover' && attachment?.instanceId === member?.instanceId,
    )?.attachment?.deviceIndex;
  if (member === undefined || index === undefined) return;
  takeIndex(member, HELD, stage);
  const spec = { deviceIndex: HELD, deviceIndexPolicy: 'Require' };
  await insist(clock, () =>
    kubernetes.patch(NODE_ENIS, 'mover', { type: 'merge', body: { spec } }),
  );
  const deviceIndexPolicy = way < 0.5 ? 'Require' : 'Prefer';
  await applyBeside('follower', { securityGroupIDs, deviceIndex: index, deviceIndexPolicy }, stage);
};
