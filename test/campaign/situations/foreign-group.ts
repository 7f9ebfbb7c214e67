import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { insist } from '../insist.ts';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

/** One of the groups that are asked for lies in another VPC: nothing may be built with less than was asked for. */
export const foreignGroup: Situation = async (stage, { forSeconds, way }) => {
  const { groups, kubernetes, clock } = stage;
  await applyBeside('of-two-vpcs', { securityGroupIDs: [groups.one, groups.elsewhere] }, stage);
  if (way < 0.5) return;
  await clock.sleep(forSeconds * 1000);
  await insist(clock, () => kubernetes.delete(NODE_ENIS, 'of-two-vpcs'));
};
