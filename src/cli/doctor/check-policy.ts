import { ignoreNotFound } from '#core/errors.ts';
import { NETWORK_POLICY } from '#core/manifests/network-policy.ts';
import { NODE_ENI_POLICY } from '#core/manifests/node-eni-policy.ts';
import { NODE_POLICY } from '#core/manifests/node-policy.ts';
import { NODE_STATUS_POLICY } from '#core/manifests/node-status-policy.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { POLICIES, POLICY_BINDINGS } from './resources.ts';

/** What whoever has the role of a function can do without each policy. */
const HELD_BY = {
  [NODE_POLICY]: 'change any field of a node',
  [NODE_STATUS_POLICY]: 'change any status of a node',
  [NODE_ENI_POLICY]: 'change what a NodeENI asks for',
  [NETWORK_POLICY]: 'change any network of Multus',
} as const;

/** Whether the functions are held to what they need of nodes and NodeENIs. */
export const policyCheck: Check<Patient> = {
  name: 'policy of the functions',
  async find({ kubernetes, group }) {
    const findings = Object.entries(HELD_BY).map(async ([name, harm]): Promise<Finding[]> => {
      const found = await Promise.all(
        [POLICIES, POLICY_BINDINGS].map((resource) =>
          ignoreNotFound(kubernetes.get(resource, name)),
        ),
      );
      if (!found.includes(undefined)) return [];
      return [
        {
          severity: 'warning',
          what: `The admission policy ${name} or its binding is missing.`,
          why: `Whoever has the role of a function can ${harm}.`,
          mend: `nodeeni manifests --group ${group} | kubectl apply --server-side -f -`,
        },
      ];
    });
    return (await Promise.all(findings)).flat();
  },
};
