import { GROUP } from '#core/apis/v1alpha1/names.ts';
import { LABELS, type Manifest } from './manifest.ts';

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

const role = (name: string, into: string, rules: readonly object[]): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels: { ...LABELS, [`${AGGREGATE}${into}`]: 'true' } },
  rules,
});

/**
 * What the roles of people get of our kinds ("Aggregated ClusterRoles", kubernetes.io): who may view sees both, and only an
 * admin of the cluster writes NodeENIs, since they put nodes into any subnet that the deploy allows. `edit` is for the owners
 * of namespaces. Nobody but the functions and the agents writes a NodeENIState.
 */
export const peopleRbac = (): readonly Manifest[] => [
  role('nodeeni-view', 'view', [
    {
      apiGroups: [GROUP],
      resources: ['nodeenis', 'nodeenistates'],
      verbs: ['get', 'list', 'watch'],
    },
  ]),
  role('nodeeni-admin', 'admin', [
    {
      apiGroups: [GROUP],
      resources: ['nodeenis'],
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    },
  ]),
];
