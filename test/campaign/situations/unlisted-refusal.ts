import type { Situation } from './situation.ts';

const ACTIONS = [
  'CreateNetworkInterface',
  'AttachNetworkInterface',
  'ModifyNetworkInterfaceAttribute',
  'DetachNetworkInterface',
  'DeleteNetworkInterface',
] as const;

/** EC2 refuses one action for a while, with a code that no list of common codes has (runs-on/runs-on#485). */
export const unlistedRefusal: Situation = ({ trouble, clock }, { forSeconds, way }) => {
  const refused = ACTIONS[Math.floor(way * ACTIONS.length)];
  trouble.refuse({
    untilMs: clock.now().getTime() + forSeconds * 1000,
    ec2: (action) => (action === refused ? { code: 'OrganizationRuleViolation' } : undefined),
  });
};
