import type { Situation } from './situation.ts';

/** More than one call of Auto Scaling takes (kubernetes/autoscaler#1228). */
const MANY = 101;
const FEW = 2;

/** The account has other groups of the cluster, now and then very many. */
export const manyGroups: Situation = (stage, { way }) => {
  for (let number = 0; number < (way < 0.03 ? MANY : FEW); number += 1)
    stage.scalingGroups.add({ name: `group-${number}`, desiredCapacity: 1 }, 'never');
};
