import {
  NETWORK_ATTACHMENTS,
  NODE_ENI_STATES,
  NODE_ENIS,
  NODES,
} from '#providers/kubernetes/resources.ts';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

/**
 * The cluster is deleted and made anew under its name, behind warm functions (eksctl-io/eksctl#7718). Its instances end with it,
 * and nothing of the first one is ours any more.
 */
export const clusterAnew: Situation = async (stage, { way }) => {
  const { kubernetes, ec2, autoScaling, referee, clock, groups } = stage;
  for (const name of stage.scalingGroups.names()) autoScaling.setDesiredCapacity(name, 0);
  for (const member of stage.members)
    if (stage.isAlive(member)) ec2.fleet.terminateInstance(member.instanceId);
  referee.expectNewCluster();
  kubernetes.startAnew([NODE_ENIS, NODE_ENI_STATES, NODES, NETWORK_ATTACHMENTS]);
  stage.networks.forgetForeign();
  const member = stage.addNode(way < 0.7 ? 'a' : 'b');
  await clock.sleep(15_000);
  if (stage.isAlive(member)) await stage.register(member);
  await applyBeside('n0', { securityGroupIDs: [groups.one] }, stage);
};
