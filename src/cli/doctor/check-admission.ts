import { ignoreNotFound } from '#core/errors.ts';
import { NETWORK_POLICY } from '#core/manifests/network-policy.ts';
import { NODE_ENI_POLICY } from '#core/manifests/node-eni-policy.ts';
import { NODE_POLICY } from '#core/manifests/node-policy.ts';
import { NODE_STATUS_POLICY } from '#core/manifests/node-status-policy.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { POLICIES, POLICY_BINDINGS, WEBHOOKS } from './resources.ts';

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

interface Webhook {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly clientConfig: { readonly url?: string };
  readonly matchConditions?: readonly { readonly expression: string }[];
}

const MEND = 'nodeeni manifests --webhook-url "$WEBHOOK_URL" | kubectl apply --server-side -f -';

const withoutPath = (url: string): string => URL.parse(url)?.origin ?? 'its URL';

const findingsFor = async (
  webhooks: readonly Webhook[],
  { group, answers }: Patient,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  if (webhooks.some(({ failurePolicy }) => failurePolicy !== 'Ignore'))
    findings.push({
      severity: 'error',
      what: 'The webhook "nodeeni" refuses writes when it does not answer.',
      why: 'A relay that is away would stop every change of a node.',
      mend: MEND,
    });
  const excludes = ({ matchConditions = [] }: Webhook): boolean =>
    matchConditions.some(({ expression }) => expression.includes(JSON.stringify(group)));
  if (!webhooks.every(excludes))
    findings.push({
      severity: 'warning',
      what: `The webhook "nodeeni" is told also what the group ${group} writes.`,
      why: 'The functions wake themselves.',
      mend: `nodeeni manifests --group ${group} --webhook-url "$WEBHOOK_URL" | kubectl apply --server-side -f -`,
    });
  const [url] = webhooks.flatMap(({ clientConfig }) => clientConfig.url ?? []);
  if (url !== undefined && !(await answers(url)))
    findings.push({
      severity: 'warning',
      what: `Nothing answers at ${withoutPath(url)}, where the webhook "nodeeni" calls.`,
      why: 'Asked from here; if the API server cannot reach it either, changes are seen by the sweep only.',
      mend: 'Look at the function on-kubernetes-change, or apply its present URL.',
    });
  return findings;
};

/** Whether changes are reported as they are written. */
export const webhookCheck: Check<Patient> = {
  name: 'webhook',
  async find(patient) {
    const found = await ignoreNotFound(patient.kubernetes.get(WEBHOOKS, 'nodeeni'));
    if (found === undefined)
      return [
        {
          severity: 'warning',
          what: 'There is no webhook "nodeeni".',
          why: 'Changes are seen by the sweep only, within minutes.',
          mend: MEND,
        },
      ];
    return findingsFor((found.webhooks as readonly Webhook[] | undefined) ?? [], patient);
  },
};
