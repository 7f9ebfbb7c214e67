import type { Stage } from '../stage.ts';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

const NAME = 'telco';

const newNode = async (stage: Stage): Promise<void> => {
  const member = stage.addNode('a');
  await stage.clock.sleep(15_000);
  if (stage.isAlive(member)) await stage.register(member);
};

/** A security group is replaced by another one of its name, and who remembers its id asks for the old one (karpenter#1964). */
export const groupAnew: Situation = async (stage, { forSeconds, way }) => {
  const { ec2, clock, vpcId, namedGroups } = stage;
  if (namedGroups.has(NAME)) return;
  const groupId = ec2.fleet.createSecurityGroup({ vpcId, name: NAME });
  namedGroups.set(NAME, groupId);
  await applyBeside('by-name', { securityGroupNames: [NAME] }, stage);
  await clock.sleep(forSeconds * 1000);
  // A reconcile a moment ago has found the old one.
  await newNode(stage);
  await clock.sleep(5_000);
  stage.launches.note();
  for (const { eniId } of stage.ours().filter(({ groupIds }) => groupIds.includes(groupId))) {
    if (way < 0.5) ec2.byHand.delete(eniId);
    else ec2.byHand.setGroups(eniId, [stage.groups.third]);
  }
  ec2.byHand.deleteSecurityGroup(groupId);
  namedGroups.set(NAME, ec2.fleet.createSecurityGroup({ vpcId, name: NAME }));
  await newNode(stage);
};
