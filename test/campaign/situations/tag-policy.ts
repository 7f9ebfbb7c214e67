import type { CreateNetworkInterfaceCommandInput } from '@aws-sdk/client-ec2';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

/** What the policy of the organisation lets nobody write. */
export const REFUSED_TEAM = 'telco';

const isRefused = ({ TagSpecifications = [] }: CreateNetworkInterfaceCommandInput): boolean =>
  TagSpecifications.flatMap(({ Tags = [] }) => Tags).some(
    ({ Key, Value }) => Key === 'team' && Value === REFUSED_TEAM,
  );

/** A tag policy of the organisation refuses a value, by a code that is in no list, until it is set right (runs-on#485). */
export const tagPolicy: Situation = async (stage, { forSeconds }) => {
  const { groups, trouble, clock } = stage;
  trouble.refuse({
    untilMs: Number.POSITIVE_INFINITY,
    isHarmless: true,
    isLasting: true,
    ec2: (action, input) =>
      action === 'CreateNetworkInterface' && isRefused(input as CreateNetworkInterfaceCommandInput)
        ? { code: 'TagPolicyViolation' }
        : undefined,
  });
  const securityGroupIDs = [groups.one];
  await applyBeside('of-the-company', { securityGroupIDs, tags: { team: REFUSED_TEAM } }, stage);
  await clock.sleep(forSeconds * 1000);
  await applyBeside('of-the-company', { securityGroupIDs, tags: { team: '4711' } }, stage);
};
