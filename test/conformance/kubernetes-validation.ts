import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { NODE_ENI_RULES } from '#core/apis/v1alpha1/rules.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import {
  createNodeEni,
  expectFailure,
  NODE_ENI_SPEC,
  NODE_ENI_STATE_TYPE,
  NODE_ENI_TYPE,
  type Rules,
  uniqueName,
} from './kubernetes-subject.ts';

const describeDefaults = ({ api, rule }: Rules): void => {
  const DEFAULTS = {
    deviceIndex: 1,
    deviceIndexPolicy: 'Prefer',
    deleteOnTermination: true,
    linkMode: 'Up',
  };

  rule('stores the defaults of a new NodeENI', async () => {
    const { spec } = await createNodeEni(api());

    expect(spec).toEqual({ ...NODE_ENI_SPEC, ...DEFAULTS });
  });

  rule('puts a default back when its field is taken out', async () => {
    const { metadata } = await createNodeEni(api(), { ...NODE_ENI_SPEC, deviceIndex: 3 });

    const patched = await api().patch(NODE_ENIS, metadata.name, {
      type: 'merge',
      body: { spec: { deviceIndex: null } },
    });

    expect(patched.spec).toMatchObject({ deviceIndex: 1 });
  });

  rule('takes an explicit null for an absent field', async () => {
    const { spec } = await createNodeEni(api(), {
      ...NODE_ENI_SPEC,
      deviceIndex: null,
      mtu: null,
    });

    expect(spec).toEqual({ ...NODE_ENI_SPEC, ...DEFAULTS });
  });

  rule('drops fields that the schema does not name', async () => {
    const requirement = { key: 'a', operator: 'Exists' };
    const item = { ...requirement, unknown: 4 };
    const { metadata, spec, ...rest } = await api().create(NODE_ENIS, {
      ...NODE_ENI_TYPE,
      metadata: { name: uniqueName('eni') },
      spec: { ...NODE_ENI_SPEC, unknown: 1, selector: { matchExpressions: [item], unknown: 2 } },
      unknown: 3,
    });

    expect(spec).toEqual({
      ...NODE_ENI_SPEC,
      ...DEFAULTS,
      selector: { matchExpressions: [requirement] },
    });
    expect(rest).toEqual({ apiVersion: 'networking.k8s.aws/v1alpha1', kind: 'NodeENI' });
    expect(metadata).not.toHaveProperty('unknown');
  });
};

const networked = (podNetwork: object) => ({
  ...NODE_ENI_SPEC,
  ipv4PrefixCount: 1,
  podNetwork: { namespaces: ['core'], ...podNetwork },
});

/** For every CEL rule of a NodeENI, by its message, a spec that breaks it. */
const BREAKING: Readonly<Record<string, { readonly path: string; readonly spec: object }>> = {
  'an empty selector would mean every node: write at least one label in nodeSelector, or a matchLabels or matchExpressions in selector':
    { path: 'spec', spec: { subnetID: 'subnet-1', selector: { matchLabels: {} } } },
  'no subnet: write one of subnetID, subnetIDs, subnetName, subnetNames': {
    path: 'spec',
    spec: { nodeSelector: { ng: 'multi-eni' }, subnetID: '', subnetIDs: [] },
  },
  'enableDPDK and dpdkEnabled say opposite things: write one of them': {
    path: 'spec',
    spec: { ...NODE_ENI_SPEC, enableDPDK: true, dpdkEnabled: false },
  },
  'In and NotIn need values; Exists and DoesNotExist take none': {
    path: 'spec.selector',
    spec: { ...NODE_ENI_SPEC, selector: { matchExpressions: [{ key: 'zone', operator: 'In' }] } },
  },
  'mtu must be 0 (leave alone) or 68 to 9216': {
    path: 'spec.mtu',
    spec: { ...NODE_ENI_SPEC, mtu: 67 },
  },
  'sysctls are settings of a link: write net.ipv4.conf.IFNAME.… (or ipv6, or neigh), with IFNAME for the name of the link':
    {
      path: 'spec.link',
      spec: { ...NODE_ENI_SPEC, link: { sysctls: { 'net.ipv4.ip_forward': 1 } } },
    },
  'net.ipv6.conf.IFNAME.accept_ra is not yours to set: the agent keeps it 0, or the host would get a second default route':
    {
      path: 'spec.link',
      spec: { ...NODE_ENI_SPEC, link: { sysctls: { 'net.ipv6.conf.IFNAME.accept_ra': 2 } } },
    },
  'the name of a setting is too long: at most 96 characters': {
    path: 'spec.link',
    spec: { ...NODE_ENI_SPEC, link: { offloads: { ['x'.repeat(97)]: true } } },
  },
  'a tag key is reserved: aws:*, nodeeni.networking.k8s.aws/*, Name and the owner tags of other controllers are not yours to set':
    { path: 'spec.tags', spec: { ...NODE_ENI_SPEC, tags: { team: 'net', Name: 'mine' } } },
  'too many or too long tags: at most 40, since EC2 takes 50 and some are ours, with keys of 128 and values of 256 characters':
    { path: 'spec.tags', spec: { ...NODE_ENI_SPEC, tags: { team: 'v'.repeat(257) } } },
  'write the namespaces of the network either in namespaces or by namespaceSelector, which selects every one when it is empty':
    { path: 'spec.podNetwork', spec: networked({ namespaceSelector: {} }) },
  'in namespaceSelector, In and NotIn need values; Exists and DoesNotExist take none': {
    path: 'spec.podNetwork',
    spec: {
      ...networked({}),
      podNetwork: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In' }] } },
    },
  },
  'resourceName is no extended resource: write a domain of your own, a slash and a name of at most 63 characters, like nodeeni.networking.k8s.aws/user-plane':
    { path: 'spec.podNetwork', spec: networked({ resourceName: 'kubernetes.io/plane' }) },
  'with DPDK there is no link of the kernel that pods could share: write podNetwork.type: host-device':
    { path: 'spec', spec: { ...networked({}), enableDPDK: true } },
  'podNetwork has no addresses for pods: write ipv4PrefixCount: 1, or another of ipv4PrefixCount, secondaryPrivateIPAddressCount, ipv6PrefixCount, ipv6AddressCount':
    { path: 'spec', spec: { ...networked({}), ipv4PrefixCount: 0 } },
  'podNetwork needs the agent on the host, which knows when pods use it: take host: SSM out': {
    path: 'spec',
    spec: { ...networked({}), host: 'SSM' },
  },
};

/** Fields beside the base spec, the path that is named, and a part of what is said. */
const OUT_OF_SCHEMA: readonly [object, string, string][] = [
  [{ deviceIndex: 'two' }, 'spec.deviceIndex', 'must be of type integer'],
  [{ deviceIndex: 1.5 }, 'spec.deviceIndex', 'must be of type integer'],
  [{ deviceIndex: -1 }, 'spec.deviceIndex', 'should be greater than or equal to 0'],
  [{ deviceIndex: 128 }, 'spec.deviceIndex', 'should be less than or equal to 127'],
  [{ linkMode: 'Down' }, 'spec.linkMode', 'Unsupported value: "Down"'],
  [{ linkName: 'sig/0' }, 'spec.linkName', 'should match'],
  [{ linkName: 'x'.repeat(16) }, 'spec.linkName', 'Too long'],
  [{ link: { rings: { rx: 0 } } }, 'spec.link.rings.rx', 'greater than or equal to 1'],
  [{ link: { offloads: { gro: 'on' } } }, 'spec.link.offloads.gro', 'must be of type boolean'],
  [{ dpdkDriver: 'vfio' }, 'spec.dpdkDriver', 'Unsupported value: "vfio"'],
  [{ description: 'x'.repeat(256) }, 'spec.description', 'Too long'],
  [{ subnetIDs: ['subnet-1', ''] }, 'spec.subnetIDs[1]', 'should be at least 1 chars long'],
  [{ subnetIDs: 'subnet-1' }, 'spec.subnetIDs', 'must be of type array'],
  [{ selector: { matchExpressions: [{ key: 'a' }] } }, 'matchExpressions[0].operator', 'Required'],
  [{ nodeSelector: { ng: true } }, 'spec.nodeSelector.ng', 'must be of type string'],
  [{ nodeSelector: { ng: 'multi eni' } }, 'spec.nodeSelector.ng', 'should match'],
  [
    { subnetIDs: Array.from({ length: 33 }, (_, index) => `subnet-${index}`) },
    'spec.subnetIDs',
    'Too many: 33: must have at most 32 items',
  ],
  [
    {
      nodeSelector: Object.fromEntries(
        Array.from({ length: 65 }, (_, index) => [`l-${index}`, '']),
      ),
    },
    'spec.nodeSelector',
    'Too many: 65: must have at most 64 items',
  ],
  [{ subnetIDs: [`subnet-${'x'.repeat(249)}`] }, 'spec.subnetIDs[0]', 'Too long'],
  [{ securityGroupIDs: ['sg-*'] }, 'spec.securityGroupIDs[0]', 'should match'],
  [{ subnetNames: ['𝄞'.repeat(257)] }, 'spec.subnetNames[0]', 'Too long'],
];

const describeRules = ({ api, rule }: Rules): void => {
  for (const { message } of NODE_ENI_RULES) {
    rule(`refuses a NodeENI with: ${message}`, async () => {
      const { path, spec } = BREAKING[message] ?? { path: '', spec: {} };

      await expectFailure(createNodeEni(api(), spec), 'Invalid', `${path}: `, message);
    });
  }

  rule('names each field that is outside the schema', async () => {
    for (const [fields, path, text] of OUT_OF_SCHEMA) {
      const call = createNodeEni(api(), { ...NODE_ENI_SPEC, ...fields });

      await expectFailure(call, 'Invalid', `${path}: `, text);
    }
  });

  rule('takes the limits themselves', async () => {
    const limits = [
      { deviceIndex: 0, mtu: 0 },
      { deviceIndex: 127, mtu: 9216 },
      { mtu: 68, description: 'x'.repeat(255), subnetIDs: ['s'] },
      { subnetIDs: Array.from({ length: 32 }, (_, index) => `subnet-${index}`) },
      { subnetNames: ['𝄞'.repeat(256)] },
    ];

    for (const fields of limits) {
      const { spec } = await createNodeEni(api(), { ...NODE_ENI_SPEC, ...fields });

      expect(spec).toMatchObject(fields);
    }
  });

  rule('names all faults at once', async () => {
    const call = createNodeEni(api(), { ...NODE_ENI_SPEC, deviceIndex: -1, linkMode: 'Down' });

    await expectFailure(call, 'Invalid', 'spec.deviceIndex: ', 'spec.linkMode: ', ' is invalid: [');
  });

  rule('passes over CEL rules, and says so, when a type is wrong', async () => {
    const call = createNodeEni(api(), { deviceIndex: 'two' });

    await expectFailure(call, 'Invalid', 'spec.deviceIndex: ', 'validation rules were not checked');
    await expect(call).rejects.not.toThrow('no subnet');
  });

  rule('looks at CEL rules when only a number is out of range', async () => {
    const call = createNodeEni(api(), { deviceIndex: -1 });

    await expectFailure(call, 'Invalid', 'spec.deviceIndex: ', 'no subnet');
  });

  rule('refuses a NodeENI without spec', async () => {
    const call = api().create(NODE_ENIS, {
      ...NODE_ENI_TYPE,
      metadata: { name: uniqueName('eni') },
    });

    await expectFailure(call, 'Invalid', 'spec: Required value');
  });

  rule('refuses an update that breaks a rule', async () => {
    const { metadata } = await createNodeEni(api());

    const call = api().patch(NODE_ENIS, metadata.name, {
      type: 'merge',
      body: { spec: { subnetID: null } },
    });

    await expectFailure(call, 'Invalid', 'no subnet');
  });

  rule('refuses a status outside the schema', async () => {
    const { metadata } = await createNodeEni(api());
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'Ready',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const report = (status: object) =>
      api().patch(
        NODE_ENIS,
        metadata.name,
        { type: 'merge', body: { status } },
        { subresource: 'status' },
      );

    await expectFailure(report({ matchedNodes: 'many' }), 'Invalid', 'status.matchedNodes: ');
    await expectFailure(
      report({ conditions: [condition, condition] }),
      'Invalid',
      'status.conditions[1]: Duplicate value',
    );
  });

  rule('refuses a NodeENIState outside the schema', async () => {
    const slot = { nodeEniUid: 'u', subnetId: 'subnet-1', phase: 'Lost' };
    const call = api().create(NODE_ENI_STATES, {
      ...NODE_ENI_STATE_TYPE,
      metadata: { name: uniqueName('i') },
      spec: { interfaces: { 'x/subnet-1': slot } },
    });

    await expectFailure(
      call,
      'Invalid',
      '.generation: Required value',
      'Unsupported value: "Lost"',
    );
  });
};

const MANIFESTS = new URL('../fixtures/seed-manifests/', import.meta.url);

const describeManifests = ({ api, rule }: Rules): void => {
  for (const file of readdirSync(MANIFESTS)) {
    rule(`accepts the documented manifests of ${file}`, async () => {
      const text = readFileSync(new URL(file, MANIFESTS), 'utf8');
      const manifests = parseAllDocuments(text).map(
        (document): KubernetesObject => document.toJS(),
      );

      for (const manifest of manifests) {
        // Several documents use the same name for different objects.
        const name = uniqueName(manifest.metadata.name);
        const created = await api().create(NODE_ENIS, {
          ...manifest,
          metadata: { ...manifest.metadata, name },
        });

        expect(created.spec).toMatchObject({ ...Object(manifest.spec) });
      }
    });
  }
};

/** What is stored of what was sent, and what is refused. */
export const describeValidation = (rules: Rules): void => {
  describe('defaults and pruning', () => describeDefaults(rules));
  describe('validation', () => describeRules(rules));
  describe('documented manifests', () => describeManifests(rules));
};
