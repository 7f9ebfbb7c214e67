import { CallError } from '#core/errors.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import { concurrencyCheck, eksCheck } from './check-account.ts';
import { policyCheck, webhookCheck } from './check-admission.ts';
import { agentCheck } from './check-agent.ts';
import { crdsCheck } from './check-crds.ts';
import { hooksCheck } from './check-hooks.ts';
import { instancesCheck } from './check-instances.ts';
import { multusCheck } from './check-multus.ts';
import { groupsCheck, subnetsCheck } from './check-network.ts';
import { nodeEnisCheck } from './check-node-enis.ts';
import { rightsCheck } from './check-rights.ts';
import { podsCheck, vpcCniCheck } from './check-vpc-cni.ts';
import type { Check, Checked, Finding } from './finding.ts';
import { type Outside, type Patient, readPatient } from './patient.ts';

/** What is worth asking before there is an installation. */
const ACCOUNT_CHECKS: readonly Check<Outside>[] = [eksCheck, concurrencyCheck];

const CHECKS: readonly Check<Patient & { readonly uid: string }>[] = [
  rightsCheck,
  policyCheck,
  webhookCheck,
  agentCheck,
  nodeEnisCheck,
  instancesCheck,
  subnetsCheck,
  groupsCheck,
  hooksCheck,
  vpcCniCheck,
  podsCheck,
  multusCheck,
];

const notLooked = (error: CallError): Finding => ({
  severity: 'warning',
  what: `It could not be looked at: ${error.message}`,
  why: 'Whether it is in order is not known.',
  mend: 'See the message: a right, a network, or a call that was throttled.',
});

const examine = async <T>({ name, find }: Check<T>, about: T): Promise<Checked> => {
  try {
    return { check: name, findings: await find(about) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { check: name, findings: [notLooked(error)] };
  }
};

/**
 * Asks everything of an installation. Without CRDs only the account is asked besides, since nothing else can be true. Throws
 * `CallError` when the cluster or EC2 does not answer at all.
 */
export const examineAll = async (outside: Outside): Promise<readonly Checked[]> => {
  const crds = await examine(crdsCheck, outside);
  const account = await Promise.all(ACCOUNT_CHECKS.map((check) => examine(check, outside)));
  if (crds.findings.some(({ severity }) => severity === 'error')) return [crds, ...account];
  const patient = await readPatient(outside);
  const uid = await createClusterIdentity(outside.kubernetes).uid();
  const others = await Promise.all(CHECKS.map((check) => examine(check, { ...patient, uid })));
  return [crds, ...account, ...others];
};
