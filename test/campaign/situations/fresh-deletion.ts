import type { Situation } from './situation.ts';

/** Somebody deletes an ENI seconds after it was attached, the next one that is. */
export const freshDeletion: Situation = async (stage, { forSeconds }) => {
  const { ec2, clock } = stage;
  const attached = () => stage.ours().filter(({ attachment }) => attachment?.status === 'attached');
  const before = new Set(attached().map(({ eniId }) => eniId));
  const untilMs = clock.now().getTime() + forSeconds * 1000;
  while (clock.now().getTime() < untilMs) {
    await clock.sleep(5_000);
    const fresh = attached().find(({ eniId }) => !before.has(eniId));
    if (fresh === undefined) continue;
    stage.launches.note();
    ec2.byHand.delete(fresh.eniId);
    return;
  }
};
