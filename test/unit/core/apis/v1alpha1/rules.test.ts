import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenApiSchema } from '#core/apis/v1alpha1/open-api.ts';
import { NODE_ENI_RULES, userTagsOf, validationsAt } from '#core/apis/v1alpha1/rules.ts';
import { judgeBySchema } from '#test/support/cel/spec-judge.ts';
import { schemaOf } from './version-of.ts';

const fine = { nodeSelector: { ng: 'multi-eni' }, subnetID: 'subnet-1' };

const manyTags = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'a']));

const messagesByCode = (spec: object): readonly string[] =>
  NODE_ENI_RULES.filter(({ isBroken }) => isBroken(spec)).map(({ message }) => message);

/** As an API server judges: by the CEL of the CRD. */
const messagesByCel = judgeBySchema(schemaOf('nodeenis').properties?.spec ?? {});

const JUDGES = [
  { judge: 'the code', messagesFor: messagesByCode },
  { judge: 'the CEL of the CRD', messagesFor: messagesByCel },
];

const optional = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(some, { nil: undefined });
const anyText = fc.constantFrom('', 'a', 'subnet-1');
const someTexts = fc.array(anyText, { maxLength: 2 });
const someLabels = fc.dictionary(fc.constantFrom('a', 'b'), anyText, { maxKeys: 2 });
const anyOperator = fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist');
const anyRequirement = fc.record({
  key: fc.constant('zone'),
  operator: anyOperator,
  values: optional(someTexts),
});
const anyTagKey = fc.oneof(
  fc.constantFrom('team', 'Name', 'aws:team', 'aws', 'eks:eni:owner'),
  fc.string({ unit: 'grapheme-composite', minLength: 126, maxLength: 130 }),
);
const anyTagValue = fc.oneof(
  anyText,
  fc.string({ unit: 'grapheme-composite', minLength: 254, maxLength: 258 }),
);

const anySettingName = fc.oneof(
  fc.constantFrom('gro', 'net.ipv4.conf.all.rp_filter', 'net.ipv6.conf.IFNAME.accept_ra'),
  fc.constantFrom('net.ipv4.conf.IFNAME.rp_filter', 'net.ipv6.neigh.IFNAME.gc_stale_time'),
  fc.string({ unit: 'grapheme-composite', minLength: 94, maxLength: 98 }),
);

const anyPodNetwork = fc.record({
  namespaces: optional(fc.array(fc.constant('core'), { maxLength: 1 })),
  namespaceSelector: optional(
    fc.record({
      matchLabels: optional(someLabels),
      matchExpressions: optional(fc.array(anyRequirement, { maxLength: 2 })),
    }),
  ),
  type: optional(fc.constantFrom('ipvlan', 'host-device')),
  resourceName: optional(
    fc.constantFrom(
      ...['', 'user-plane', 'a/b', 'requests.a/b', 'kubernetes.io/b', 'x.kubernetes.io/b'],
      ...['a/b/c', 'A/b', 'a./b', 'a/-b', `a.b-c/${'b'.repeat(63)}`, `a/${'b'.repeat(64)}`],
    ),
  ),
});
const someCount = optional(fc.constantFrom(0, 1));

/** What the schema lets through to the rules, around the borders that they draw. */
const anySpec = fc.record({
  nodeSelector: optional(someLabels),
  selector: optional(
    fc.record({
      matchLabels: optional(someLabels),
      matchExpressions: optional(fc.array(anyRequirement, { maxLength: 2 })),
    }),
  ),
  subnetID: optional(anyText),
  subnetIDs: optional(someTexts),
  subnetName: optional(anyText),
  subnetNames: optional(someTexts),
  enableDPDK: optional(fc.boolean()),
  dpdkEnabled: optional(fc.boolean()),
  mtu: optional(fc.constantFrom(0, 1, 67, 68, 9216)),
  link: optional(
    fc.record({
      offloads: optional(fc.dictionary(anySettingName, fc.boolean(), { maxKeys: 2 })),
      sysctls: optional(fc.dictionary(anySettingName, fc.integer(), { maxKeys: 2 })),
    }),
  ),
  host: optional(fc.constantFrom('SSM', 'Agent')),
  ipv4PrefixCount: someCount,
  ipv6PrefixCount: someCount,
  ipv6AddressCount: someCount,
  secondaryPrivateIPAddressCount: someCount,
  podNetwork: optional(anyPodNetwork),
  tags: optional(
    fc.oneof(
      fc.dictionary(anyTagKey, anyTagValue, { maxKeys: 3 }),
      fc.integer({ min: 39, max: 42 }).map(manyTags),
    ),
  ),
});

const messagesIn = (schema: OpenApiSchema): string[] => [
  ...((schema['x-kubernetes-validations'] ?? []) as { message: string }[]).map(
    ({ message }) => message,
  ),
  ...Object.values(schema.properties ?? {}).flatMap(messagesIn),
];

describe('NODE_ENI_RULES', () => {
  it('are the CEL rules that the CRD carries, message for message', () => {
    const messages = messagesIn(schemaOf('nodeenis'));

    expect(messages.toSorted()).toEqual(NODE_ENI_RULES.map(({ message }) => message).toSorted());
  });

  it('are each at a path that some field of the schema has', () => {
    const paths = new Set(NODE_ENI_RULES.map(({ path }) => path));

    const placed = [...paths].flatMap(validationsAt);

    expect([...paths].toSorted()).toEqual(['', 'link', 'mtu', 'podNetwork', 'selector', 'tags']);
    expect(new Set(placed)).toEqual(
      new Set(NODE_ENI_RULES.map(({ rule, message }) => ({ rule, message }))),
    );
  });

  it('mean the same as CEL and as code, whatever a spec holds', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        expect(messagesByCel(spec).toSorted()).toEqual(messagesByCode(spec).toSorted());
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(JUDGES)('NODE_ENI_RULES, judged by $judge', ({ messagesFor }) => {
  it.each([
    { name: 'a label and a subnet', spec: {} },
    {
      name: 'matchLabels',
      spec: { nodeSelector: undefined, selector: { matchLabels: { a: 'b' } } },
    },
    {
      name: 'matchExpressions',
      spec: {
        nodeSelector: {},
        selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
      },
    },
    {
      name: 'conditions with the values that they take',
      spec: {
        selector: {
          matchExpressions: [
            { key: 'a', operator: 'In', values: ['1'] },
            { key: 'b', operator: 'NotIn', values: ['1', '2'] },
            { key: 'c', operator: 'Exists' },
            { key: 'd', operator: 'DoesNotExist', values: [] },
          ],
        },
      },
    },
    { name: 'a list of subnet ids', spec: { subnetID: '', subnetIDs: ['subnet-1'] } },
    { name: 'a subnet name', spec: { subnetID: undefined, subnetName: 'a' } },
    { name: 'a list of subnet names', spec: { subnetID: undefined, subnetNames: ['a'] } },
    { name: 'labels in both selectors', spec: { selector: { matchLabels: { a: 'b' } } } },
    { name: 'a subnet in two fields', spec: { subnetID: 'a', subnetIDs: ['b'] } },
    {
      name: 'a subnet id and a subnet name',
      spec: { subnetID: undefined, subnetIDs: ['a'], subnetName: 'b' },
    },
    {
      name: 'a subnet name in two fields',
      spec: { subnetID: undefined, subnetName: 'a', subnetNames: ['b'] },
    },
    { name: 'DPDK flags that agree', spec: { enableDPDK: true, dpdkEnabled: true } },
    { name: 'one DPDK flag', spec: { dpdkEnabled: false } },
    { name: 'the other DPDK flag', spec: { enableDPDK: true } },
    { name: 'an MTU of 0', spec: { mtu: 0 } },
    { name: 'an MTU of 68', spec: { mtu: 68 } },
    {
      name: 'settings of a link',
      spec: {
        link: { offloads: { gro: true }, sysctls: { 'net.ipv4.conf.IFNAME.arp_ignore': 1 } },
      },
    },
    {
      name: 'as many and as long tags as there may be',
      spec: { tags: { ...manyTags(39), ['ü'.repeat(128)]: '𝄞'.repeat(256) } },
    },
    {
      name: 'a network for pods in one namespace',
      spec: { ipv4PrefixCount: 1, podNetwork: { namespaces: ['core'] } },
    },
    {
      name: 'a network for pods in every namespace, with a resource',
      spec: {
        secondaryPrivateIPAddressCount: 1,
        podNetwork: { namespaceSelector: {}, resourceName: 'nodeeni.networking.k8s.aws/lan' },
      },
    },
    {
      name: 'a network of DPDK devices, without other addresses than their own',
      spec: { enableDPDK: true, podNetwork: { namespaces: ['core'], type: 'host-device' } },
    },
    { name: 'a tag of the user', spec: { tags: { team: 'net', 'aws-team': 'net' } } },
  ])('pass $name', ({ spec }) => {
    expect(messagesFor({ ...fine, ...spec })).toEqual([]);
  });

  it.each([
    { spec: { nodeSelector: {} }, message: 'every node' },
    { spec: { nodeSelector: undefined }, message: 'every node' },
    { spec: { nodeSelector: {}, selector: { matchLabels: {} } }, message: 'every node' },
    { spec: { subnetID: '' }, message: 'no subnet' },
    { spec: { subnetID: undefined, subnetIDs: [], subnetNames: [] }, message: 'no subnet' },
    { spec: { enableDPDK: true, dpdkEnabled: false }, message: 'opposite things' },
    ...[
      { operator: 'In' },
      { operator: 'NotIn', values: [] },
      { operator: 'Exists', values: ['a'] },
      { operator: 'DoesNotExist', values: ['a'] },
    ].map((requirement) => ({
      spec: { selector: { matchExpressions: [{ key: 'zone', ...requirement }] } },
      message: 'In and NotIn need values',
    })),
    { spec: { mtu: 1 }, message: 'mtu must be' },
    { spec: { mtu: 67 }, message: 'mtu must be' },
    {
      spec: { link: { sysctls: { 'net.ipv4.ip_forward': 1 } } },
      message: 'sysctls are settings of a link',
    },
    {
      spec: { link: { sysctls: { 'net.ipv6.conf.IFNAME.accept_ra': 2 } } },
      message: 'not yours to set',
    },
    { spec: { link: { offloads: { ['x'.repeat(97)]: true } } }, message: 'too long' },
    { spec: { tags: { Name: 'a' } }, message: 'reserved' },
    { spec: { tags: manyTags(41) }, message: 'too many or too long tags' },
    { spec: { tags: { ['k'.repeat(129)]: 'a' } }, message: 'too many or too long tags' },
    { spec: { tags: { team: 'v'.repeat(257) } }, message: 'too many or too long tags' },
    { spec: { tags: { 'aws:team': 'a' } }, message: 'reserved' },
    { spec: { tags: { 'nodeeni.networking.k8s.aws/uid': 'a' } }, message: 'reserved' },
    { spec: { tags: { 'node.k8s.amazonaws.com/no_manage': 'false' } }, message: 'reserved' },
    { spec: { tags: { team: 'net', 'eks:eni:owner': 'a' } }, message: 'reserved' },
    ...[
      { namespaces: undefined },
      { namespaces: [] },
      { namespaceSelector: { matchLabels: { team: 'core' } } },
    ].map((wrong) => ({
      spec: { ipv4PrefixCount: 1, podNetwork: { namespaces: ['core'], ...wrong } },
      message: 'either in namespaces or by namespaceSelector',
    })),
    {
      spec: {
        ipv4PrefixCount: 1,
        podNetwork: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      },
      message: 'in namespaceSelector, In and NotIn need values',
    },
    ...['user-plane', 'kubernetes.io/lan', 'requests.lan/a', `lan.io/${'a'.repeat(64)}`].map(
      (resourceName) => ({
        spec: { ipv4PrefixCount: 1, podNetwork: { namespaces: ['core'], resourceName } },
        message: 'no extended resource',
      }),
    ),
    {
      spec: { ipv4PrefixCount: 1, dpdkEnabled: true, podNetwork: { namespaces: ['core'] } },
      message: 'no link of the kernel',
    },
    {
      spec: { ipv4PrefixCount: 0, podNetwork: { namespaces: ['core'] } },
      message: 'no addresses for pods',
    },
    {
      spec: { ipv4PrefixCount: 1, host: 'SSM', podNetwork: { namespaces: ['core'] } },
      message: 'needs the agent',
    },
  ])('refuse $spec for one reason', ({ spec, message }) => {
    expect(messagesFor({ ...fine, ...spec })).toEqual([expect.stringContaining(message)]);
  });
});

describe('userTagsOf', () => {
  it.each([
    'aws:team',
    'nodeeni.networking.k8s.aws/uid',
    'node.k8s.amazonaws.com/no_manage',
    'node.k8s.amazonaws.com/instance_id',
    'eks:eni:owner',
    'Name',
    'kubernetes.io/cluster/managed-by',
  ])('leaves out %s, which an object stored before the rules may ask for', (key) => {
    expect(userTagsOf({ tags: { team: 'net', [key]: 'mine' } })).toEqual({ team: 'net' });
  });

  it('keeps the keys that only look like reserved ones', () => {
    const tags = { name: 'a', Names: 'b', 'my-aws:team': 'c', 'networking.k8s.aws/uid': 'd' };

    expect(userTagsOf({ tags })).toEqual(tags);
  });

  it('is empty where none are asked for', () => {
    expect(userTagsOf({})).toEqual({});
  });
});
