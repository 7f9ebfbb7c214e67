import { clusterTagOf, TAGS } from '#core/apis/v1alpha1/names.ts';
import { LABELS, promised } from '../labels.ts';
import { CLUSTER, launchHookOf } from '../launch-hook.ts';
import type { Situation } from './situation.ts';

const THEIR_GROUP = 'their-workers';
const THEIR_UID = '0b5e55ed-0000-4000-8000-000000000000';
const THEIR_NODE_ENI = '0b5e55ed-1111-4000-8000-000000000000';
const EARLY = '2026-11-20T12:00:00.000Z';

/** Another cluster of the same name joins the account, with hooks, instances and ENIs of its own (kubernetes/kops#1473). */
export const namesake: Situation = ({ ec2, autoScaling, subnets, referee }, { way }) => {
  if (autoScaling.states(THEIR_GROUP).size > 0) return;
  autoScaling.createGroup({
    name: THEIR_GROUP,
    subnetIds: [subnets.nodesA],
    instanceTags: { [clusterTagOf(CLUSTER)]: 'owned' },
    tags: promised(LABELS),
    hooks: [launchHookOf(way < 0.5 ? 120 : 900, { clusterUid: THEIR_UID })],
    desiredCapacity: 1,
  });
  referee.protectGroup(THEIR_GROUP);
  const tags = (instance: string) => ({
    [TAGS.cluster]: CLUSTER,
    [TAGS.clusterUid]: THEIR_UID,
    [TAGS.uid]: THEIR_NODE_ENI,
    [TAGS.name]: 'n0',
    [TAGS.instance]: instance,
    [TAGS.subnet]: subnets.a,
    [TAGS.createdAt]: EARLY,
  });
  for (const instanceId of autoScaling.states(THEIR_GROUP).keys()) {
    ec2.byHand.attach(
      ec2.byHand.create({ subnetId: subnets.a, tags: tags(instanceId) }),
      instanceId,
      2,
    );
    ec2.byHand.create({ subnetId: subnets.a, tags: tags(instanceId) });
  }
};
