import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type KubeApiserver, startKubeApiserver } from '#test/support/servers/kube-apiserver.ts';
import { CRDS_FOLDER } from './crds.ts';
import { readSeed, SEEDS_FOLDER } from './manifests.ts';

let kube: KubeApiserver;

beforeAll(async () => {
  kube = await startKubeApiserver();
});

afterAll(() => kube?.stop());

const applyStrictly = (manifest: string, ...args: readonly string[]) =>
  kube.kubectl(['apply', '--validate=strict', ...args, '--filename', '-'], manifest);

const fineSpec = {
  nodeSelector: { ng: 'multi-eni' },
  subnetID: 'subnet-1',
  securityGroupIDs: ['sg-1'],
};

const manifestOf = (spec: object): string =>
  stringify({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name: 'candidate' },
    spec,
  });

/** What a record must have. */
const SLOT = { subnetId: 'subnet-1', phase: 'Present', generation: 1 };

const { nodeSelector: _, ...unselective } = fineSpec;
const { subnetID: __, ...nowhere } = fineSpec;

it('installs with strict validation and is served at once', async () => {
  const applied = await kube.kubectl(['apply', '--validate=strict', '--filename', CRDS_FOLDER]);
  const waited = await kube.kubectl([
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    '--filename',
    CRDS_FOLDER,
  ]);
  const listed = await kube.kubectl(['get', 'nodeeni,neni,nodeenistate,nenis']);

  expect(applied).toMatchObject({ code: 0, stderr: '' });
  expect(applied.stdout).toContain('nodeenis.networking.k8s.aws created');
  expect(applied.stdout).toContain('nodeenistates.networking.k8s.aws created');
  expect(waited.code).toBe(0);
  expect(listed).toMatchObject({ code: 0, stderr: expect.stringContaining('No resources found') });
});

describe('an object that is larger than the CRDs allow now', () => {
  const BOUNDS = ['maxItems', 'maxLength', 'maxProperties', 'pattern'];
  const withoutBounds = (yaml: string): string =>
    JSON.stringify(parse(yaml), (key, value) => (BOUNDS.includes(key) ? undefined : value));
  const applyCrds = async (change: (yaml: string) => string) => {
    for (const file of readdirSync(CRDS_FOLDER).filter((name) => name.endsWith('.yaml'))) {
      const { code, stderr } = await kube.kubectl(
        ['apply', '--filename', '-'],
        change(readFileSync(`${CRDS_FOLDER}/${file}`, 'utf8')),
      );
      if (code !== 0) throw new Error(stderr);
    }
    // The API server takes a changed schema up a moment later.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  };
  const patch = (target: string, body: object, ...args: readonly string[]) =>
    kube.kubectl([
      'patch',
      ...target.split(' '),
      '--type=merge',
      ...args,
      '-p',
      JSON.stringify(body),
    ]);

  it('gets its finalizer and its status, shrinks, and does not grow', async () => {
    const subnetIDs = Array.from({ length: 200 }, (_, index) => `subnet-${index}`);
    const rows = Object.fromEntries(
      subnetIDs.flatMap((id) =>
        ['a', 'b', 'c'].map((name) => [
          `${name}/${id}`,
          { phase: 'Failed', reason: 'SubnetNotFound', message: '', since: '' },
        ]),
      ),
    );
    await applyCrds(withoutBounds);
    await applyStrictly(manifestOf({ ...fineSpec, subnetIDs, securityGroupIDs: ['sg-*'] }));
    await applyStrictly(
      stringify({
        apiVersion: 'networking.k8s.aws/v1alpha1',
        kind: 'NodeENIState',
        metadata: { name: 'i-large' },
        spec: { nodeName: 'n'.repeat(5_000) },
      }),
    );
    const told = await patch(
      'nodeenistate i-large',
      { status: { interfaces: rows } },
      '--subresource=status',
    );
    await applyCrds((yaml) => yaml);

    const edits = [
      await patch('nodeeni candidate', { metadata: { finalizers: ['example.com/held'] } }),
      await patch('nodeeni candidate', { status: { matchedNodes: 1 } }, '--subresource=status'),
      await patch('nodeeni candidate', { spec: { mtu: 9001 } }),
      await patch('nodeenistate i-large', {
        spec: { interfaces: { 'a/subnet-1': { ...SLOT, nodeEniUid: 'u' } } },
      }),
      await patch(
        'nodeenistate i-large',
        { status: { host: { 'a/subnet-1': { eniId: 'eni-1', generation: 1 } } } },
        '--subresource=status',
      ),
      await patch(
        'nodeenistate i-large',
        { status: { interfaces: Object.fromEntries(Object.keys(rows).map((key) => [key, null])) } },
        '--subresource=status',
      ),
      await patch('nodeeni candidate', { spec: { subnetIDs: subnetIDs.slice(0, 32) } }),
      await patch('nodeeni candidate', { metadata: { finalizers: null } }),
    ];
    const grown = await patch('nodeeni candidate', { spec: { subnetIDs } });
    await kube.kubectl(['delete', 'nodeeni,nodeenistate', '--all']);

    expect(told).toMatchObject({ code: 0 });
    expect(edits.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      edits.map(() => ({ code: 0, stderr: '' })),
    );
    expect(grown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('spec.subnetIDs: Too many: 200: must have at most 32 items'),
    });
  }, 120_000);
});

describe('the seed manifests', () => {
  it.each(readdirSync(SEEDS_FOLDER))('applies %s unchanged', async (file) => {
    const manifest = readSeed(file);
    const names = parseAllDocuments(manifest).map(
      (document) => document.toJS()?.metadata?.name as string,
    );

    const { code, stdout, stderr } = await applyStrictly(manifest);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) {
      expect(stdout).toMatch(new RegExp(`nodeeni.networking.k8s.aws/${name} (created|configured)`));
    }
    await kube.kubectl(['delete', 'nodeeni', '--all']);
  });

  it('keeps every field that is written', async () => {
    const manifest = readSeed('dpdk-eni.yaml');
    await applyStrictly(manifest);

    const { stdout } = await kube.kubectl(['get', 'nodeeni', 'dpdk-eni', '-o', 'json']);

    expect(JSON.parse(stdout).spec).toEqual({
      ...parseAllDocuments(manifest)[0]?.toJS().spec,
      deviceIndexPolicy: 'Prefer',
      deleteOnTermination: true,
      linkMode: 'Up',
    });
  });
});

describe('the API server', () => {
  it('accepts the spec that the refused ones are made from', async () => {
    const { code, stderr } = await applyStrictly(manifestOf(fineSpec), '--dry-run=server');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    {
      name: 'no selector',
      spec: unselective,
      message: 'an empty selector would mean every node',
    },
    {
      name: 'an empty nodeSelector',
      spec: { ...fineSpec, nodeSelector: {} },
      message: 'an empty selector would mean every node',
    },
    {
      name: 'an empty selector',
      spec: { ...unselective, selector: { matchLabels: {} } },
      message: 'an empty selector would mean every node',
    },
    {
      name: 'a condition without the values that it needs',
      spec: {
        ...unselective,
        selector: { matchExpressions: [{ key: 'zone', operator: 'In', values: [] }] },
      },
      message: 'In and NotIn need values; Exists and DoesNotExist take none',
    },
    {
      name: 'a condition with values that it does not take',
      spec: {
        ...unselective,
        selector: { matchExpressions: [{ key: 'zone', operator: 'Exists', values: ['a'] }] },
      },
      message: 'In and NotIn need values; Exists and DoesNotExist take none',
    },
    {
      name: 'a label value that no node can carry',
      spec: { ...fineSpec, nodeSelector: { ng: 'multi eni' } },
      message: 'spec.nodeSelector.ng: Invalid value: "multi eni"',
    },
    {
      name: 'a label key that no node can carry',
      spec: {
        ...unselective,
        selector: { matchExpressions: [{ key: 'my zone', operator: 'Exists' }] },
      },
      message: 'spec.selector.matchExpressions[0].key: Invalid value: "my zone"',
    },
    {
      name: 'no subnet',
      spec: nowhere,
      message: 'no subnet: write one of subnetID, subnetIDs, subnetName, subnetNames',
    },
    {
      name: 'an unknown driver',
      spec: { ...fineSpec, enableDPDK: true, dpdkDriver: 'uio_hv_generic' },
      message: 'supported values: "vfio-pci", "igb_uio", "uio_pci_generic"',
    },
    {
      name: 'an MTU of 67',
      spec: { ...fineSpec, mtu: 67 },
      message: 'mtu must be 0 (leave alone) or 68 to 9216',
    },
    {
      name: 'an MTU of 9217',
      spec: { ...fineSpec, mtu: 9217 },
      message: 'should be less than or equal to 9216',
    },
    {
      name: 'DPDK flags at odds',
      spec: { ...fineSpec, enableDPDK: true, dpdkEnabled: false },
      message: 'enableDPDK and dpdkEnabled say opposite things: write one of them',
    },
    {
      name: 'a tag of ours',
      spec: { ...fineSpec, tags: { 'nodeeni.networking.k8s.aws/uid': 'mine' } },
      message: 'a tag key is reserved',
    },
    {
      name: 'a tag of AWS',
      spec: { ...fineSpec, tags: { 'aws:team': 'net' } },
      message: 'a tag key is reserved',
    },
    {
      name: 'more tags than EC2 would take beside ours',
      spec: {
        ...fineSpec,
        tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`key-${index}`, 'a'])),
      },
      message: 'too many or too long tags',
    },
    {
      name: 'a tag whose value is too long',
      spec: { ...fineSpec, tags: { team: 'v'.repeat(257) } },
      message: 'too many or too long tags',
    },
    {
      name: 'a field that is misspelt',
      spec: { ...fineSpec, subnetId: 'subnet-2' },
      message: 'unknown field "spec.subnetId"',
    },
  ])('refuses $name and says why', async ({ spec, message }) => {
    const { code, stderr } = await applyStrictly(manifestOf(spec), '--dry-run=server');

    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it.each([0, 68, 1500, 9001, 9216])('accepts an MTU of %i', async (mtu) => {
    const { code, stderr } = await applyStrictly(
      manifestOf({ ...fineSpec, mtu }),
      '--dry-run=server',
    );

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
