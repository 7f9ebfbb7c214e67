import { describe, expect, it } from 'vitest';
import { loadNodeEni } from '#core/apis/v1alpha1/load.ts';

const manifest = (spec: object, metadata: object = { name: 'data' }) => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENI',
  metadata,
  spec,
});

const fine = { nodeSelector: { ng: 'multi-eni' }, subnetID: 'subnet-1' };

const faultsOf = (object: unknown): readonly string[] => {
  const loaded = loadNodeEni(object);
  return 'faults' in loaded ? loaded.faults : [];
};

describe('loadNodeEni', () => {
  it('applies the defaults of the schema', () => {
    expect(loadNodeEni(manifest(fine))).toEqual({
      nodeEni: {
        metadata: { name: 'data', uid: '' },
        spec: {
          ...fine,
          deviceIndex: 1,
          deviceIndexPolicy: 'Prefer',
          deleteOnTermination: true,
          linkMode: 'Up',
        },
      },
    });
  });

  it('keeps the labels and the uid of an object that was stored', () => {
    const metadata = { name: 'data', uid: 'uid-1', labels: { team: 'net' } };

    expect(loadNodeEni(manifest(fine, metadata))).toMatchObject({ nodeEni: { metadata } });
  });

  it('tells every fault at once, each by its path', () => {
    const faults = faultsOf({
      ...manifest({
        subnetIDs: ['subnet-1', ''],
        mtu: 20,
        deviceIndex: 128,
        dpdkDriver: 'uio_hv_generic',
        enableDPDK: true,
        dpdkEnabled: false,
        tags: { Name: 'mine' },
        subnetId: 'subnet-2',
      }),
      kind: 'NodeEni',
    });

    expect(faults).toEqual([
      expect.stringMatching(/^kind: /),
      expect.stringMatching(/^spec\.subnetIDs\[1\]: /),
      expect.stringMatching(/^spec\.deviceIndex: /),
      expect.stringMatching(/^spec\.dpdkDriver: .*vfio-pci/),
      'spec.subnetId: unknown field',
      expect.stringMatching(/^spec: an empty selector/),
      expect.stringMatching(/^spec: enableDPDK and dpdkEnabled/),
      expect.stringMatching(/^spec\.mtu: mtu must be/),
      expect.stringMatching(/^spec\.tags: a tag key is reserved/),
    ]);
  });

  it('finds a field that does not exist at any depth, and leaves the keys of maps alone', () => {
    const spec = {
      ...fine,
      tags: { anything: 'goes' },
      selector: {
        matchExpressions: [{ key: 'a', operator: 'Exists', value: 'b' }],
        matchLabel: {},
      },
    };

    expect(faultsOf(manifest(spec))).toEqual([
      'spec.selector.matchExpressions[0].value: unknown field',
      'spec.selector.matchLabel: unknown field',
    ]);
  });

  it.each([
    { key: 'multi eni', value: 'a', path: 'spec.nodeSelector.multi eni' },
    { key: '-a', value: 'a', path: 'spec.nodeSelector.-a' },
    { key: 'Example.com/a', value: 'a', path: 'spec.nodeSelector.Example.com/a' },
    { key: 'example.com/', value: 'a', path: 'spec.nodeSelector.example.com/' },
    { key: 'k'.repeat(64), value: 'a', path: `spec.nodeSelector.${'k'.repeat(64)}` },
    { key: 'a', value: 'multi eni', path: 'spec.nodeSelector.a' },
    { key: 'a', value: 'b,c=d', path: 'spec.nodeSelector.a' },
    { key: 'a', value: 'b-', path: 'spec.nodeSelector.a' },
    { key: 'a', value: 'v'.repeat(64), path: 'spec.nodeSelector.a' },
  ])('refuses the label $key=$value, which no node can carry', ({ key, value, path }) => {
    const faults = faultsOf(manifest({ ...fine, nodeSelector: { [key]: value } }));

    expect(faults).toEqual([expect.stringContaining(`${path}: this is no label `)]);
  });

  it.each([
    ['a', ''],
    ['k'.repeat(63), 'v'.repeat(63)],
    ['node.kubernetes.io/instance-type', 'm5.4xlarge'],
    ['A_b.c-D', '0'],
  ])('takes the label %s=%s', (key, value) => {
    expect(faultsOf(manifest({ ...fine, nodeSelector: { [key]: value } }))).toEqual([]);
  });

  it.each(['Data', 'data_1', '-data', 'data.', 'd'.repeat(254), ''])(
    'refuses the name %j',
    (name) => {
      expect(faultsOf(manifest(fine, { name }))).toEqual([
        expect.stringMatching(/^metadata\.name: /),
      ]);
    },
  );

  it('takes a name of dots and dashes, 253 characters long', () => {
    const name = `eni-1.${'d'.repeat(247)}`;

    expect(loadNodeEni(manifest(fine, { name }))).toHaveProperty('nodeEni.metadata.name', name);
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    {},
    manifest([]),
    { ...manifest({}), spec: null },
    manifest({ nodeSelector: null, selector: null, subnetIDs: 7, mtu: null, tags: null }),
  ])('answers %j with faults and does not throw', (object) => {
    expect(faultsOf(object).length).toBeGreaterThan(0);
  });

  it.each(['text', 7, null, undefined])('says of the spec %j only that it is none', (spec) => {
    expect(faultsOf({ ...manifest({}), spec })).toEqual([expect.stringMatching(/^spec: /)]);
  });
});
