import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { codeIn } from '#test/unit/docs/markdown.ts';
import { attachmentsOf, untilReady } from '../outcomes.ts';
import { openScene, type Scene } from '../scene.ts';
import { type Stage, startStage } from '../stage.ts';
import { openGuide } from './run-guide.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Partial<NodeEniSpec>;
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const PAGE = read('../../../docs/guides/multus.md');

const manifestsIn = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);

/** What stands below each heading of the page, in its order. */
const SECTIONS = PAGE.split(/^#{2,3} /m).flatMap((section) => {
  const manifests = codeIn(section, ['yaml']).flatMap(manifestsIn);
  return manifests.length === 0 ? [] : [{ title: section.split('\n')[0] ?? '', manifests }];
});

/** As they stand there: kubectl takes texts that stricter readers of YAML refuse. */
const SEED_NETWORKS = read('../../fixtures/seed-networks.yaml')
  .split(/^---$/m)
  .map((text) => ({
    text,
    title: [/^kind: (.*)$/m, /^ +name: (.*)$/m].map((line) => line.exec(text)?.[1]).join(' '),
  }));

const isNodeEni = ({ kind }: Manifest): boolean => kind === 'NodeENI';

let stage: Stage;

const applyText = async (text: string) => {
  const { code, stderr } = await stage.kubectl(
    ['apply', '--server-side', '--validate=strict', '--filename', '-'],
    text,
  );
  return { code, stderr };
};

const apply = (manifests: readonly Manifest[]) =>
  applyText(manifests.map((manifest) => stringify(manifest)).join('---\n'));

const DONE = { code: 0, stderr: '' };

beforeAll(async () => {
  stage = await startStage();
  const definition = manifestsIn(read('../../fixtures/network-attachment-definition.yaml'));
  expect(await apply(definition)).toEqual(DONE);
  await stage.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  // Those that the documents take for granted.
  for (const name of ['tenant-a', 'tenant-b']) await stage.kubectl(['create', 'namespace', name]);
});

afterAll(() => stage?.stop());

afterEach(async () => {
  await stage.kubectl(['delete', 'pods', '--all', '--now']);
  await stage.kubectl(['delete', 'net-attach-def', '--all', '--all-namespaces']);
});

describe('the networks, pods and maps of the documents that the product is made from', () => {
  it.each(SEED_NETWORKS)('are taken by the API server: $title', async ({ text }) => {
    expect(await applyText(text)).toEqual(DONE);
  });
});

/** The ids and names of the page as the account has them, and nothing else. */
const inAccount = ({ fleet }: Scene, manifest: Manifest): Manifest => {
  const [first] = fleet.subnets;
  const group = fleet.groups.at(-1);
  const { subnetID, subnetIDs = [], subnetName, subnetNames = [], ...spec } = manifest.spec ?? {};
  const count = [subnetID, ...subnetIDs, subnetName, ...subnetNames].filter(Boolean).length;
  expect(count).toBe(1);
  return {
    ...manifest,
    spec: {
      ...spec,
      nodeSelector: { ng: 'multi-eni' },
      subnetID: first?.id,
      securityGroupIDs: [group?.id ?? ''],
      securityGroupNames: [],
    },
  };
};

describe('the guide of Multus', () => {
  it.each(SECTIONS)('has manifests that the API server takes: $title', async ({ manifests }) => {
    expect(await apply(manifests)).toEqual(DONE);
  });

  it.each(SECTIONS.filter(({ manifests }) => manifests.some(isNodeEni)))(
    'has NodeENIs that give each node what the section says: $title',
    async ({ manifests }) => {
      await using scene = await openScene(stage, { zones: ['us-east-1a'] });
      const nodeEnis = manifests.filter(isNodeEni).map((manifest) => inAccount(scene, manifest));
      await scene.startLocal({ sweepInterval: '3s' });

      expect(await apply(nodeEnis)).toEqual(DONE);

      for (const { metadata, spec } of nodeEnis) {
        const nodeEni = await untilReady(scene, 1, metadata.name);
        expect(attachmentsOf(nodeEni)).toMatchObject([{ deviceIndex: spec?.deviceIndex }]);
      }
    },
  );

  it('has commands that show what is there', async () => {
    await using scene = await openScene(stage, { zones: ['us-east-1a'] });
    const [one] = SECTIONS;
    const nodeEnis = (one?.manifests ?? []).filter(isNodeEni);
    await apply((one?.manifests ?? []).filter((manifest) => !isNodeEni(manifest)));
    await scene.startLocal({ sweepInterval: '3s' });
    await apply(nodeEnis.map((manifest) => inAccount(scene, manifest)));
    await untilReady(scene, 1, 'multus-data');
    const guide = await openGuide('multus', {
      kubeconfigFile: stage.kubeconfigFile,
      awsUrl: scene.proxy.url,
    });

    const [ready] = await guide.follow('one-network');
    const [addresses] = await guide.follow('addresses-that-the-vpc-routes');

    expect(ready).toContain('1/1');
    expect(addresses).toMatch(/10\.0\.\d+\.\d+/);
    expect(guide.left()).toEqual([]);
    await guide.close();
  });
});
