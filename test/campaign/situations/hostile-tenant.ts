import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { insist } from '../insist.ts';
import { LABELS } from '../labels.ts';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

/** As many as the API takes. */
const REFERENCES = 32;
const TENANTS = 5;

/**
 * Somebody who may write NodeENIs means harm: each names as many subnets and groups as may be named, of which EC2 knows none or
 * refuses to look one up. Some select every node, some none. They go before the history ends.
 */
export const hostileTenant: Situation = async (stage, { forSeconds, way }) => {
  const { kubernetes, clock, trouble } = stage;
  const names = Array.from({ length: TENANTS }, (_, index) => `hostile-${index}`);
  const ids = (prefix: string, name: string) =>
    Array.from({ length: REFERENCES }, (_, index) => `${prefix}-${name}-${index}`);
  trouble.refuse({
    untilMs: clock.now().getTime() + forSeconds * 1000,
    isHarmless: true,
    ec2: (action, input) =>
      ['DescribeSubnets', 'DescribeSecurityGroups'].includes(action) &&
      JSON.stringify(input).includes('-hostile-0-')
        ? { code: way < 0.5 ? 'InvalidParameterValue' : 'RequestLimitExceeded' }
        : undefined,
  });
  for (const [index, name] of names.entries())
    await applyBeside(
      name,
      {
        nodeSelector: index % 2 === 0 ? { tenant: 'hostile' } : LABELS,
        subnetID: undefined,
        subnetIDs: ids('subnet', name),
        securityGroupIDs: ids('sg', name),
      },
      stage,
    );
  await clock.sleep(forSeconds * 1000);
  for (const name of names) await insist(clock, () => kubernetes.delete(NODE_ENIS, name));
};
