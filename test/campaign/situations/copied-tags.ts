import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Situation } from './situation.ts';

/** Somebody copies tags from one ENI to another, as the console's tag editor does: the mark of an orphan comes to one in use. */
export const copiedTags: Situation = (stage, { position }) => {
  const { ec2, clock } = stage;
  const eni = stage.eniAt(position);
  if (eni?.attachment === undefined) return;
  stage.launches.note();
  ec2.byHand.setTags(eni.eniId, { [TAGS.orphanSince]: clock.now().toISOString() });
};
