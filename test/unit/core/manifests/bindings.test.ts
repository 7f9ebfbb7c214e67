import { describe, expect, it } from 'vitest';
import { agentRbac } from '#core/manifests/agent-rbac.ts';
import type { Manifest } from '#core/manifests/manifest.ts';
import { functionsRbac } from '#core/manifests/rbac.ts';
import { found } from './found.ts';

const API = 'rbac.authorization.k8s.io';

/** Every role with what is bound to it: the binding is the object of the same name and namespace. */
const boundIn = (manifests: readonly Manifest[]) =>
  manifests
    .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    .map((role) => ({
      role,
      binding: manifests.find(
        ({ kind, metadata }) =>
          kind === `${role.kind}Binding` &&
          metadata.name === role.metadata.name &&
          metadata.namespace === role.metadata.namespace,
      ),
    }));

const GIVEN = [
  {
    whom: 'the group of the functions',
    given: () => functionsRbac('team:nodeeni'),
    subject: { apiGroup: API, kind: 'Group', name: 'team:nodeeni' },
    roles: 2,
  },
  {
    whom: 'the account of the agent',
    given: () => agentRbac(['kube-system', 'net']),
    subject: { kind: 'ServiceAccount', name: 'nodeeni-agent', namespace: 'nodeeni-system' },
    roles: 4,
  },
];

describe('The rights', () => {
  it.each(GIVEN)('are given to $whom and to nobody else', ({ given, subject, roles }) => {
    const bound = boundIn(given());

    expect(bound).toHaveLength(roles);
    for (const { role, binding } of bound)
      expect(binding).toMatchObject({
        apiVersion: `${API}/v1`,
        roleRef: { apiGroup: API, kind: role.kind, name: role.metadata.name },
        subjects: [subject],
      });
  });

  it.each(GIVEN)('of $whom are objects of RBAC that are marked as ours', ({ given }) => {
    for (const { kind, apiVersion, metadata } of given()) {
      expect(apiVersion).toBe(kind === 'ServiceAccount' ? 'v1' : `${API}/v1`);
      expect(metadata.labels).toEqual({ 'app.kubernetes.io/name': 'nodeeni' });
    }
  });

  it('of the functions are in the whole cluster but for events', () => {
    const namespaces = functionsRbac('team:nodeeni').map(({ kind, metadata }) => [
      kind,
      metadata.namespace,
    ]);

    expect(namespaces).toEqual([
      ['ClusterRole', undefined],
      ['ClusterRoleBinding', undefined],
      ['Role', 'default'],
      ['RoleBinding', 'default'],
    ]);
  });

  it('of the agent are few: it reads states and its node, and writes where a policy holds it', () => {
    const manifests = agentRbac(['kube-system']);

    expect(found(manifests, 'ClusterRole', 'nodeeni-agent').rules).toEqual([
      { apiGroups: ['networking.k8s.aws'], resources: ['nodeenistates'], verbs: ['list', 'watch'] },
      { apiGroups: ['networking.k8s.aws'], resources: ['nodeenistates/status'], verbs: ['patch'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
    ]);
    expect(found(manifests, 'Role', 'nodeeni-agent-events').rules).toEqual([
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    ]);
    expect(found(manifests, 'Role', 'nodeeni-agent-plugin').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
    ]);
  });
});
