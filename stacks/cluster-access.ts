import { FUNCTIONS_GROUP } from '#core/manifests/manifest.ts';
import { WORKERS } from './function-settings.ts';
import type { Functions } from './functions.ts';
import type { Options } from './options.ts';
import type { Scope } from './scope.ts';

/**
 * Lets the working functions into an EKS cluster, as members of one group and with no access policy: what they may do
 * is what our own RBAC gives the group ("Grant IAM users access to Kubernetes with EKS access entries").
 */
export const createClusterAccess = (
  { logical, child }: Scope,
  { access, clusterName }: Pick<Options, 'access' | 'clusterName'>,
  functions: Functions,
): void => {
  if (access.type !== 'eks') return;
  for (const name of WORKERS)
    new aws.eks.AccessEntry(
      logical(`${name}-access`),
      {
        clusterName,
        principalArn: functions[name].role.arn,
        kubernetesGroups: [FUNCTIONS_GROUP],
        type: 'STANDARD',
      },
      child,
    );
};
