import { CallError } from '#core/errors.ts';
import { concurrencyCheck, eksCheck } from './check-account.ts';
import { agentCheck } from './check-agent.ts';
import { awsRightsCheck, ownRightsCheck } from './check-aws-rights.ts';
import { crdsCheck } from './check-crds.ts';
import { hooksCheck } from './check-hooks.ts';
import { instancesCheck } from './check-instances.ts';
import { multusCheck } from './check-multus.ts';
import { groupsCheck, subnetsCheck } from './check-network.ts';
import { nodeEnisCheck } from './check-node-enis.ts';
import { policyCheck } from './check-policy.ts';
import { quotaCheck } from './check-quota.ts';
import { rightsCheck } from './check-rights.ts';
import { sweepCheck } from './check-sweep.ts';
import { versionsCheck } from './check-versions.ts';
import { podsCheck, vpcCniCheck } from './check-vpc-cni.ts';
import { webhookCheck } from './check-webhook.ts';
import { type Check, type Checked, type Finding, few } from './finding.ts';
import { type Outside, type Patient, readPatient } from './patient.ts';

/** What is worth asking before there is an installation. */
const ACCOUNT_CHECKS: readonly Check<Outside>[] = [
  versionsCheck,
  eksCheck,
  concurrencyCheck,
  awsRightsCheck,
];

const CHECKS: readonly Check<Patient>[] = [
  rightsCheck,
  policyCheck,
  webhookCheck,
  sweepCheck,
  agentCheck,
  nodeEnisCheck,
  instancesCheck,
  subnetsCheck,
  groupsCheck,
  quotaCheck,
  ownRightsCheck,
  hooksCheck,
  vpcCniCheck,
  podsCheck,
  multusCheck,
];

const notLooked = (error: CallError, isOptional: boolean): Finding => ({
  severity: isOptional && error.failure === 'Denied' ? 'note' : 'warning',
  what: `It could not be looked at: ${error.message}`,
  why: 'Whether it is in order is not known.',
  mend: 'See the message: a right, a network, or a call that was throttled.',
});

const examine = async <T>(
  { name, isOptional = false, find }: Check<T>,
  about: T,
): Promise<Checked> => {
  try {
    return { check: name, findings: await find(about) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { check: name, findings: [notLooked(error, isOptional)] };
  }
};

/**
 * Asks everything of an installation, and says by `at` what is asked now. Without CRDs only the account is asked besides, since nothing else can be true. Throws
 * `CallError` when the cluster or EC2 does not answer at all.
 */
export const examineAll = async (
  outside: Outside,
  at: (what: string) => void = () => undefined,
): Promise<readonly Checked[]> => {
  at('looking at the CRDs and the account');
  const crds = await examine(crdsCheck, outside);
  const account = await Promise.all(ACCOUNT_CHECKS.map((check) => examine(check, outside)));
  if (crds.findings.some(({ severity }) => severity === 'error')) return [crds, ...account];
  at('reading nodes, NodeENIs and instances');
  const patient = await readPatient(outside);
  const open = new Set(CHECKS.map(({ name }) => name));
  const examineAndTell = async (check: Check<Patient>): Promise<Checked> => {
    const checked = await examine(check, patient);
    open.delete(check.name);
    at(`looking at ${few([...open])}`);
    return checked;
  };
  const others = await Promise.all(CHECKS.map(examineAndTell));
  return [crds, ...account, ...others];
};
