import { describe, expect, it } from 'vitest';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import type { Manifest } from '#core/manifests/manifest.ts';

const URL = 'https://relay.example.com/secret-path';

const kindsOf = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

interface Webhook {
  readonly name: string;
  readonly rules: readonly { readonly resources: readonly string[] }[];
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
      'ValidatingAdmissionPolicy nodeeni-functions-nodes',
      'ValidatingAdmissionPolicyBinding nodeeni-functions-nodes',
      'ValidatingWebhookConfiguration nodeeni',
    ]);
  });

  it('leaves out the CRDs when asked to, and the webhook without a URL', () => {
    const kinds = kindsOf(clusterManifests({ hasCrds: false })).join();

    expect(kinds).not.toContain('CustomResourceDefinition');
    expect(kinds).not.toContain('Webhook');
  });

  it('marks everything as ours', () => {
    for (const { metadata } of clusterManifests({ webhookUrl: URL }))
      expect(metadata.labels).toEqual({ 'app.kubernetes.io/name': 'nodeeni' });
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
      });
  });

  it('is not told of the functions themselves, of whatever kind', () => {
    expect(webhooks().map(({ matchConditions }) => matchConditions[0])).toEqual(
      Array.from({ length: 3 }, () => ({
        name: 'not-by-the-functions',
        expression: '!("nodeeni:functions" in request.userInfo.groups)',
      })),
    );
  });

  it('is for NodeENIs, nodes by both their doors, and what hosts report', () => {
    expect(webhooks().map(({ rules }) => rules.flatMap(({ resources }) => resources))).toEqual([
      ['nodeenis'],
      ['nodes', 'nodes/status'],
      ['nodeenistates/status'],
    ]);
  });
});
