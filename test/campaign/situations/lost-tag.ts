import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Situation } from './situation.ts';

const TAKEN = [NO_MANAGE_TAG, TAGS.instance, TAGS.uid, TAGS.name, TAGS.subnet] as const;

/** A clean-up tool takes a tag off one of our ENIs (cloud-custodian#4754). */
export const lostTag: Situation = (stage, { position, way }) => {
  const eni = stage.eniAt(position);
  if (eni?.attachment === undefined) return;
  stage.launches.note();
  stage.ec2.byHand.removeTags(eni.eniId, [TAKEN[Math.floor(way * TAKEN.length)] ?? NO_MANAGE_TAG]);
};
