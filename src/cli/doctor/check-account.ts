import { ignoreNotFound } from '#core/errors.ts';
import { RESERVED_CONCURRENCY } from '#core/manifests/webhook.ts';
import type { Check, Finding } from './finding.ts';
import type { Outside } from './patient.ts';
import { WEBHOOKS } from './resources.ts';

const hasWebhook = async ({ kubernetes }: Pick<Outside, 'kubernetes'>): Promise<boolean> =>
  (await ignoreNotFound(kubernetes.get(WEBHOOKS, 'nodeeni'))) !== undefined;

const NO_ENTRIES: Finding = {
  severity: 'warning',
  what: 'The cluster takes no access entries: its authentication mode is CONFIG_MAP.',
  why: 'The functions of a deploy come into it by one each; "nodeeni local" does without.',
  mend: 'aws eks update-cluster-config --name <cluster> --access-config authenticationMode=API_AND_CONFIG_MAP',
};

const ROUTED: Finding = {
  severity: 'note',
  what: 'What the API server calls goes through your VPC (CUSTOMER_ROUTED).',
  why: 'Without a way to the internet there, each write that the webhook is told of waits for 2 s, and the sweep alone sees changes.',
  mend: 'Give the VPC a NAT gateway, or deploy with webhook.isOn false (docs/guides/private-clusters.md).',
};

/** Whether EKS lets the functions in, and the API server out. */
export const eksCheck: Check<Outside> = {
  name: 'EKS',
  async find({ account, eksName, kubernetes }) {
    if (eksName === undefined) return [];
    const cluster = await account.eksCluster(eksName);
    return [
      ...(cluster.takesAccessEntries ? [] : [NO_ENTRIES]),
      ...(cluster.isEgressCustomerRouted && (await hasWebhook({ kubernetes })) ? [ROUTED] : []),
    ];
  },
};

/** What Lambda keeps for functions that reserve nothing ("Configuring reserved concurrency", AWS Lambda Developer Guide). */
const KEPT_UNRESERVED = 100;

/** Whether a deploy can reserve what it does by default. With a webhook it has done so. */
export const concurrencyCheck: Check<Outside> = {
  name: 'concurrency of Lambda',
  async find({ account, kubernetes }) {
    if (await hasWebhook({ kubernetes })) return [];
    const { most, unreserved } = await account.concurrency();
    if (unreserved - RESERVED_CONCURRENCY >= KEPT_UNRESERVED) return [];
    return [
      {
        severity: 'warning',
        what: `Of the ${most} executions that the account may have at once, ${unreserved} are not reserved, and a deploy reserves ${RESERVED_CONCURRENCY}.`,
        why: `Lambda keeps ${KEPT_UNRESERVED} for all others, so that the deploy would fail half way.`,
        mend: 'Raise the quota "Concurrent executions" of Lambda, or set webhook.reservedConcurrency to null.',
      },
    ];
  },
};
