import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import { FUNCTIONS_GROUP } from '#core/manifests/manifest.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import {
  type Resource,
  resourceOf,
  resourcesOf,
  webhookUrlOf,
} from '#test/support/infra/synthesis.ts';

const { usual, grown, secluded } = inject('syntheses');

const isOfCluster = ({ type }: Resource): boolean => type.startsWith('kubernetes:');
const applied = usual.resources.filter(isOfCluster);

const annotationsOf = ({ metadata }: Resource['inputs']): Readonly<Record<string, string>> =>
  (metadata as { annotations?: Record<string, string> }).annotations ?? {};

/** An object without what is said to the provider alone. */
const withoutWords = (inputs: Resource['inputs']) => {
  const { annotations: _, ...metadata } = inputs.metadata as Record<string, unknown>;
  const kept = Object.entries(annotationsOf(inputs)).filter(
    ([key]) => !key.startsWith('pulumi.com/'),
  );
  const annotations = kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {};
  return { ...inputs, metadata: { ...metadata, ...annotations } };
};

it('applies exactly what `nodeeni manifests` prints', () => {
  const webhookUrl = webhookUrlOf(usual);
  const bundle = readFileSync(join(ROOT, 'dist/agent/agent.mjs'), 'utf8');
  const printed = clusterManifests({ webhookUrl, agent: { bundle } });

  expect(applied.map(({ inputs }) => withoutWords(inputs))).toEqual(
    expect.arrayContaining(printed.map((manifest) => JSON.parse(JSON.stringify(manifest)))),
  );
  expect(applied).toHaveLength(printed.length);
});

/** What all annotations of an object may have together; `kubectl apply` keeps the whole object in one. */
const MOST_IN_ANNOTATIONS = 262_144;

/** Go writes these characters as six others each ("func Marshal", encoding/json). */
const asGoWrites = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, String.raw`\u0000`);

it('makes no object that a client-side apply could not keep in its annotation', () => {
  const sizes = applied.map(({ inputs }) => Buffer.byteLength(asGoWrites(withoutWords(inputs))));

  expect(Math.max(...sizes)).toBeLessThan(MOST_IN_ANNOTATIONS);
});

it('takes over objects that exist already, and fields that another manager owns', () => {
  const { inputs } = resourceOf(usual, 'pulumi:providers:kubernetes', 'Cluster');
  const forced = applied.map(
    ({ inputs: object }) => annotationsOf(object)['pulumi.com/patchForce'],
  );

  expect(inputs).toMatchObject({ upsertExistingObjects: 'true' });
  expect(new Set(forced)).toEqual(new Set(['true']));
});

it('waits for no pod of the agent: one node that is not ready must not fail the deploy', () => {
  const kinds = applied
    .filter(({ inputs }) => annotationsOf(inputs)['pulumi.com/skipAwait'] === 'true')
    .map(({ inputs }) => inputs.kind);

  expect(kinds).toEqual(['DaemonSet']);
});

it('leaves the agent out where commands configure hosts', () => {
  const kinds = grown.resources.filter(isOfCluster).map(({ inputs }) => inputs.kind);

  expect(kinds).toContain('CustomResourceDefinition');
  expect(kinds).not.toContain('DaemonSet');
});

it('keeps the definitions, and with them all NodeENIs, when it is removed', () => {
  const kept = applied
    .filter(({ options }) => options.retainOnDelete)
    .map(({ inputs }) => inputs.kind);

  expect(kept).toEqual(['CustomResourceDefinition', 'CustomResourceDefinition']);
});

it('gives every kind the type whose group and version the provider can read', () => {
  const unreadable = applied.filter(({ type }) => !/^kubernetes:[\w.]+\/\w+:\w+$/.test(type));

  expect(unreadable.map(({ type }) => type)).toEqual([]);
});

it('reaches an EKS cluster with the credentials of whoever deploys', () => {
  const { inputs } = resourceOf(usual, 'pulumi:providers:kubernetes', 'Cluster');

  expect(JSON.parse(String(inputs.kubeconfig))).toMatchObject({
    clusters: [{ cluster: { server: 'https://cluster.example' } }],
    users: [{ user: { exec: { command: 'aws' } } }],
  });
});

it('applies nothing where the options say so', () => {
  expect(secluded.resources.filter(isOfCluster)).toEqual([]);
  expect(resourcesOf(secluded, 'pulumi:providers:kubernetes')).toEqual([]);
});

describe('access to an EKS cluster', () => {
  const ENTRY = 'aws:eks/accessEntry:AccessEntry';

  it.each(['reconcile', 'roll-up', 'sweep', 'on-remove'])(
    'lets %s in as a member of our group',
    (name) => {
      const { inputs } = resourceOf(usual, ENTRY, `${name}-access`);

      expect(inputs).toMatchObject({
        clusterName: 'blue',
        kubernetesGroups: [FUNCTIONS_GROUP],
        type: 'STANDARD',
        principalArn: `arn:aws:iam::123456789012:role/nodeeni-test-${name}-eu-west-1`,
      });
    },
  );

  it('gives nobody a policy of EKS', () => {
    const associations = usual.resources.filter(({ type }) => type.includes('accessPolicy'));

    expect(resourcesOf(usual, ENTRY)).toHaveLength(4);
    expect(associations).toEqual([]);
  });

  it('is not asked for where a kubeconfig is the way', () => {
    expect(resourcesOf(secluded, ENTRY)).toEqual([]);
  });
});
