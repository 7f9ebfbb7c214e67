import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';

/** What an interface was made for, as its tags say: two of one slot are one too many. */
export const slotOf = ({ tags }: SimulatedInterface): string =>
  [TAGS.uid, TAGS.instance, TAGS.subnet].map((key) => tags.get(key)).join(' ');
