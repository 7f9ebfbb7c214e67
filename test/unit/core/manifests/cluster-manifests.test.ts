import { describe, expect, it } from 'vitest';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import type { Manifest } from '#core/manifests/manifest.ts';

const URL = 'https://relay.example.com/secret-path';

const kindsOf = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

interface Webhook {
  readonly name: string;
  readonly rules: readonly object[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
}

const webhooks = (): readonly Webhook[] =>
  clusterManifests({ webhookUrl: URL }).at(-1)?.webhooks as Webhook[];

describe('clusterManifests', () => {
  it('puts what others need first', () => {
    expect(kindsOf(clusterManifests({ webhookUrl: URL }))).toEqual([
      'Namespace nodeeni-system',
      'CustomResourceDefinition nodeenis.networking.k8s.aws',
      'CustomResourceDefinition nodeenistates.networking.k8s.aws',
      'ClusterRole nodeeni-functions',
      'ClusterRoleBinding nodeeni-functions',
      'Role nodeeni-functions',
      'RoleBinding nodeeni-functions',
      'ClusterRole nodeeni-view',
      'ClusterRole nodeeni-admin',
      'ValidatingAdmissionPolicy nodeeni-functions-nodes',
      'ValidatingAdmissionPolicyBinding nodeeni-functions-nodes',
      'ValidatingAdmissionPolicy nodeeni-functions-node-status',
      'ValidatingAdmissionPolicyBinding nodeeni-functions-node-status',
      'ValidatingAdmissionPolicy nodeeni-functions-networks',
      'ValidatingAdmissionPolicyBinding nodeeni-functions-networks',
      'ValidatingAdmissionPolicy nodeeni-functions-nodeenis',
      'ValidatingAdmissionPolicyBinding nodeeni-functions-nodeenis',
      'ValidatingWebhookConfiguration nodeeni',
    ]);
  });

  it('writes each kind in a version that is there to stay', () => {
    const manifests = clusterManifests({ webhookUrl: URL, agent: { bundle: '' } });

    const versions = manifests.map(({ kind, apiVersion }) => [kind, apiVersion]);

    expect(Object.fromEntries(versions)).toEqual({
      Namespace: 'v1',
      ConfigMap: 'v1',
      ServiceAccount: 'v1',
      DaemonSet: 'apps/v1',
      CustomResourceDefinition: 'apiextensions.k8s.io/v1',
      ClusterRole: 'rbac.authorization.k8s.io/v1',
      ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
      Role: 'rbac.authorization.k8s.io/v1',
      RoleBinding: 'rbac.authorization.k8s.io/v1',
      ValidatingAdmissionPolicy: 'admissionregistration.k8s.io/v1',
      ValidatingAdmissionPolicyBinding: 'admissionregistration.k8s.io/v1',
      ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
    });
  });

  it('leaves out the CRDs when asked to, and the webhook without a URL', () => {
    const kinds = kindsOf(clusterManifests({ hasCrds: false })).join();

    expect(kinds).not.toContain('CustomResourceDefinition');
    expect(kinds).not.toContain('Webhook');
  });

  it('marks everything as ours', () => {
    for (const { metadata } of clusterManifests({ webhookUrl: URL }))
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'nodeeni' });
  });

  it('tells Helm, Argo CD and Flux to keep the CRDs, and nothing else', () => {
    for (const { kind, metadata } of clusterManifests({ webhookUrl: URL }))
      expect(Object.keys(metadata.annotations ?? {})).toHaveLength(
        kind === 'CustomResourceDefinition' ? 3 : 0,
      );
  });

  it('names the group wherever the functions are meant', () => {
    const manifests = clusterManifests({ webhookUrl: URL, group: 'team:nodeeni' });

    const naming = manifests.filter((manifest) =>
      JSON.stringify(manifest).includes('team:nodeeni'),
    );
    expect(kindsOf(naming)).toEqual([
      'ClusterRoleBinding nodeeni-functions',
      'RoleBinding nodeeni-functions',
      'ValidatingAdmissionPolicy nodeeni-functions-nodes',
      'ValidatingAdmissionPolicy nodeeni-functions-node-status',
      'ValidatingAdmissionPolicy nodeeni-functions-networks',
      'ValidatingAdmissionPolicy nodeeni-functions-nodeenis',
      'ValidatingWebhookConfiguration nodeeni',
    ]);
    expect(JSON.stringify(manifests)).not.toContain('nodeeni:functions');
  });
});

describe('the webhook', () => {
  it('never refuses a write and never holds one up for more than two seconds', () => {
    for (const webhook of webhooks())
      expect(webhook).toMatchObject({
        clientConfig: { url: URL },
        failurePolicy: 'Ignore',
        timeoutSeconds: 2,
        sideEffects: 'NoneOnDryRun',
        admissionReviewVersions: ['v1'],
      });
  });

  it('is told of dry runs only where a person reads the warnings', () => {
    const conditions = webhooks().map(({ name, matchConditions }) => [
      name,
      ...matchConditions.map((condition) => condition.name),
    ]);

    expect(conditions).toEqual([
      ['nodeenis.nodeeni.networking.k8s.aws', 'not-by-the-functions', 'changes-what-is-read'],
      [
        'nodes.nodeeni.networking.k8s.aws',
        'not-by-the-functions',
        'not-a-dry-run',
        'changes-what-is-read',
      ],
      [
        'nodeenistates.nodeeni.networking.k8s.aws',
        'not-by-the-functions',
        'not-a-dry-run',
        'changes-what-is-read',
      ],
      [
        'namespaces.nodeeni.networking.k8s.aws',
        'not-by-the-functions',
        'not-a-dry-run',
        'changes-what-is-read',
      ],
    ]);
    expect(webhooks().flatMap(({ matchConditions }) => matchConditions)).toContainEqual({
      name: 'not-a-dry-run',
      expression: '!request.?dryRun.orValue(false)',
    });
  });

  it('is told of updates only when they change what is read', () => {
    const changes = webhooks().map(({ matchConditions }) => matchConditions.at(-1));

    expect(changes.map((condition) => condition?.expression.split(' || '))).toEqual([
      [
        'request.operation != "UPDATE"',
        'object.?spec.orValue({}) != oldObject.?spec.orValue({})',
        'object.?metadata.?annotations.orValue({}) != oldObject.?metadata.?annotations.orValue({})',
        'object.?metadata.?deletionTimestamp.orValue("") != oldObject.?metadata.?deletionTimestamp.orValue("")',
      ],
      [
        'request.operation != "UPDATE"',
        'object.?metadata.?labels.orValue({}) != oldObject.?metadata.?labels.orValue({})',
        'object.?spec.?providerID.orValue("") != oldObject.?spec.?providerID.orValue("")',
        'object.?status.?nodeInfo.?bootID.orValue("") != oldObject.?status.?nodeInfo.?bootID.orValue("")',
        'object.?status.?capacity.orValue({}) != oldObject.?status.?capacity.orValue({})',
        'object.?metadata.?deletionTimestamp.orValue("") != oldObject.?metadata.?deletionTimestamp.orValue("")',
      ],
      [
        'request.operation != "UPDATE"',
        'object.?status.?host.orValue({}) != oldObject.?status.?host.orValue({})',
      ],
      [
        'request.operation != "UPDATE"',
        'object.?metadata.?labels.orValue({}) != oldObject.?metadata.?labels.orValue({})',
      ],
    ]);
  });

  it('is not told of the functions themselves, of whatever kind', () => {
    expect(webhooks().map(({ matchConditions }) => matchConditions[0])).toEqual(
      Array.from({ length: 4 }, () => ({
        name: 'not-by-the-functions',
        expression: '!("nodeeni:functions" in request.userInfo.groups)',
      })),
    );
  });

  it('is for NodeENIs, nodes by both their doors, what hosts report, and namespaces', () => {
    const all = ['CREATE', 'UPDATE', 'DELETE'];
    const ours = { apiGroups: ['networking.k8s.aws'], apiVersions: ['v1alpha1'], scope: 'Cluster' };

    expect(webhooks().map(({ rules }) => rules)).toEqual([
      [{ ...ours, operations: all, resources: ['nodeenis'] }],
      [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: all,
          resources: ['nodes', 'nodes/status'],
          scope: 'Cluster',
        },
      ],
      [{ ...ours, operations: ['UPDATE'], resources: ['nodeenistates/status'] }],
      [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: all,
          resources: ['namespaces'],
          scope: 'Cluster',
        },
      ],
    ]);
  });
});
