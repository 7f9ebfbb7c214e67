import { CallError, ignoreNotFound } from '#core/errors.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import type { Check, Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { WEBHOOKS } from './resources.ts';

interface Webhook {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly clientConfig: { readonly url?: string };
  readonly matchConditions?: readonly { readonly expression: string }[];
}

const MEND = 'nodeeni manifests --webhook-url "$WEBHOOK_URL" | kubectl apply --server-side -f -';

const withoutPath = (url: string): string => URL.parse(url)?.origin ?? 'its URL';

const NOT_THE_PATH: Finding = {
  severity: 'error',
  what: 'What answers where the webhook "nodeeni" calls does not know the path of its URL.',
  why: 'Each change that it is told of is refused there, and seen by the sweep only.',
  mend: 'Apply the present URL of the function on-kubernetes-change: deploy again, or nodeeni manifests --webhook-url.',
};

/** "Forbidden": what the relay says to whoever has not the secret path. */
const REFUSED = 403;

const relayFindings = async (
  { askRelay, version }: Patient,
  url: string,
): Promise<readonly Finding[]> => {
  const relay = await askRelay(url);
  if (relay === undefined)
    return [
      {
        severity: 'warning',
        what: `Nothing answers at ${withoutPath(url)}, where the webhook "nodeeni" calls.`,
        why: 'Asked from here; if the API server cannot reach it either, changes are seen by the sweep only.',
        mend: 'Look at the function on-kubernetes-change, or apply its present URL.',
      },
    ];
  if (relay.status === REFUSED) return [NOT_THE_PATH];
  if (relay.version === undefined || relay.version === version) return [];
  return [
    {
      severity: 'note',
      what: `The functions are of version ${relay.version}, and this command of ${version}.`,
      why: 'Versions next to each other work together; further apart nobody has tried it.',
      mend: 'npm install nodeeni@<version of the functions>, or deploy again',
    },
  ];
};

/** Asks for no group of its own, of which the webhook warns. It is never stored. */
const TRIAL = {
  apiVersion: `${NODE_ENIS.group}/${NODE_ENIS.version}`,
  kind: NODE_ENIS.kind,
  metadata: { name: 'nodeeni-doctor' },
  spec: { nodeSelector: { 'nodeeni-doctor': 'nobody' }, subnetID: 'subnet-00000000' },
};

const UNREACHED: Finding = {
  severity: 'warning',
  what: 'The API server does not reach the webhook "nodeeni": its warning on a trial write did not come back.',
  why: 'Changes are seen by the sweep only. Writes go through, 2 s later where nothing answers.',
  mend: 'See that the API server has a way to the URL, and that it trusts the certificate (docs/guides/private-clusters.md).',
};

const trialFindings = async ({ probe }: Patient): Promise<readonly Finding[]> => {
  try {
    const warnings = await probe.warningsOfCreate(NODE_ENIS, TRIAL);
    return warnings.some((warning) => warning.includes('security group')) ? [] : [UNREACHED];
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return [
      {
        severity: 'note',
        what: `Whether the API server reaches the webhook could not be tried: ${error.message}`,
        why: 'A NodeENI is written as a trial (dry run), which somebody refuses you.',
        mend: 'Run it as somebody who may create NodeENIs.',
      },
    ];
  }
};

const findingsFor = async (
  webhooks: readonly Webhook[],
  patient: Patient,
): Promise<readonly Finding[]> => {
  const { group } = patient;
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
  const relay = url === undefined ? [] : await relayFindings(patient, url);
  const isAway = relay.some(({ severity }) => severity !== 'note');
  return [...findings, ...relay, ...(isAway ? [] : await trialFindings(patient))];
};

/** Whether changes are reported as they are written, by a relay that is there now. */
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
