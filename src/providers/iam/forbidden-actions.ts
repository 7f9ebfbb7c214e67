import type { EvaluationResult } from '@aws-sdk/client-iam';
import { answered } from '../kubernetes/connection-errors.ts';
import { allPages } from '../paginate.ts';
import type { IamApi } from './iam-api.ts';

/**
 * True for what no statement of the role's own can allow: a policy denies it, the organisation does not let it through, or a
 * permissions boundary does not. What is merely not allowed is left out: the simulator knows neither the tags nor the
 * resources on which our statements depend ("SimulatePrincipalPolicy", IAM API Reference).
 */
const isForbidden = ({
  EvalDecision,
  OrganizationsDecisionDetail: organization,
  PermissionsBoundaryDecisionDetail: boundary,
}: EvaluationResult): boolean =>
  EvalDecision === 'explicitDeny' ||
  organization?.AllowedByOrganizations === false ||
  boundary?.AllowedByPermissionsBoundary === false;

/** Which of these actions a role can never take. Throws `CallError`. */
export const readForbiddenActions = async (
  iam: IamApi,
  { roleArn, actions }: { readonly roleArn: string; readonly actions: readonly string[] },
): Promise<readonly string[]> => {
  const results = await allPages<EvaluationResult>(async (Marker) => {
    const answer = await answered(
      'SimulatePrincipalPolicy',
      iam.simulatePrincipalPolicy({
        PolicySourceArn: roleArn,
        ActionNames: [...actions],
        ...(Marker !== undefined && { Marker }),
      }),
    );
    return {
      items: answer.EvaluationResults ?? [],
      nextToken: answer.IsTruncated === true ? answer.Marker : undefined,
    };
  });
  return results.filter(isForbidden).map(({ EvalActionName = '' }) => EvalActionName);
};
