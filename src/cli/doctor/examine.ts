import { CallError } from '#core/errors.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import { policyCheck, webhookCheck } from './check-admission.ts';
import { crdsCheck } from './check-crds.ts';
import { agentCheck, vpcCniCheck } from './check-daemons.ts';
import { hooksCheck } from './check-hooks.ts';
import { instancesCheck } from './check-instances.ts';
import { groupsCheck, subnetsCheck } from './check-network.ts';
import { nodeEnisCheck } from './check-node-enis.ts';
import { rightsCheck } from './check-rights.ts';
import type { Check, Checked, Finding } from './finding.ts';
import { type Patient, readPatient } from './patient.ts';

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
 * Asks everything of an installation. Without CRDs nothing else is asked, since nothing else can be true. Throws `CallError` when
 * the cluster or EC2 does not answer at all.
 */
export const examineAll = async (
  outside: Parameters<typeof readPatient>[0],
): Promise<readonly Checked[]> => {
  const crds = await examine(crdsCheck, outside);
  if (crds.findings.some(({ severity }) => severity === 'error')) return [crds];
  const patient = await readPatient(outside);
  const uid = await createClusterIdentity(outside.kubernetes).uid();
  const others = await Promise.all(CHECKS.map((check) => examine(check, { ...patient, uid })));
  return [crds, ...others];
};
