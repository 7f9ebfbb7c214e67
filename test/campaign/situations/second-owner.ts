import type { Situation } from './situation.ts';

const INTERVAL_MS = 20_000;

/** Somebody else sets the groups of one of our ENIs, as often as we set them right (amazon-vpc-cni-k8s#2470). */
export const secondOwner: Situation = async (stage, { position, forSeconds }) => {
  const { ec2, clock, groups, trouble } = stage;
  const eniId = stage.eniAt(position)?.eniId;
  const untilMs = clock.now().getTime() + forSeconds * 1000;
  trouble.lastsUntil(untilMs);
  while (clock.now().getTime() < untilMs && !trouble.isOver()) {
    if (stage.ours().some((eni) => eni.eniId === eniId))
      ec2.byHand.setGroups(eniId ?? '', [groups.third]);
    await clock.sleep(INTERVAL_MS);
  }
};
