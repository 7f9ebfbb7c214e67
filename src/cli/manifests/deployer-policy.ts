import { deployerPolicy } from '#core/manifests/deployer-policy.ts';
import { Complaint } from '../complaint.ts';

const USUAL_BEGIN = 'nodeeni-';

/** Shorter ones would be a policy for the names of half the account. */
const BEGIN = /^[A-Za-z0-9][A-Za-z0-9-]{2,40}-$/;

const BOUNDARY = /^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;

export interface DeployerPolicyGiven {
  /** `true` where the option has no value. */
  readonly deployerPolicy?: string | true;
  readonly permissionsBoundary?: string;
}

/** The policy for whoever deploys, as JSON text. Throws a `Complaint` for a begin or a boundary that cannot be meant. */
export const runDeployerPolicy = ({
  deployerPolicy: given,
  permissionsBoundary,
}: DeployerPolicyGiven): string => {
  const begin = typeof given === 'string' ? given : USUAL_BEGIN;
  if (!BEGIN.test(begin))
    throw new Complaint(
      'What names begin with must be 3 to 41 letters, digits and dashes, and end with a dash: nodeeni- or acme-platform-.',
    );
  if (permissionsBoundary !== undefined && !BOUNDARY.test(permissionsBoundary))
    throw new Complaint('The permissions boundary is not the ARN of an IAM policy.');
  const policy = deployerPolicy({
    begin,
    ...(permissionsBoundary !== undefined && { permissionsBoundary }),
  });
  return `${JSON.stringify(policy, null, 2)}\n`;
};
