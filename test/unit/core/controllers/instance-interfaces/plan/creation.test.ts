import { describe, expect, it } from 'vitest';
import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { creationFor, descriptionFor } from '#core/controllers/instance-interfaces/plan/create.ts';
import type { DesiredInterface } from '#core/controllers/instance-interfaces/plan/desired.ts';
import type { Observed } from '#core/instance/observed.ts';
import { ago, aNodeEni, anObservation, aSubnet, INSTANCE_ID, NOW } from '#test/support/builders.ts';

const aDesiredInterface = (
  spec: Partial<NodeEniSpec> = {},
  desired: Partial<DesiredInterface> = {},
): DesiredInterface => ({
  slot: 'data/subnet-0123456789abcdef0',
  nodeEni: aNodeEni(spec),
  subnet: aSubnet({ subnetId: 'subnet-0123456789abcdef0' }),
  groupIds: ['sg-1', 'sg-2'],
  askedIndex: 2,
  isByCommand: false,
  ...desired,
});

const creation = (spec: Partial<NodeEniSpec> = {}) =>
  creationFor(aDesiredInterface(spec), anObservation());

describe('creationFor', () => {
  it('says all of the ENI in one call', () => {
    expect(creation()).toEqual({
      incarnation: NOW.toISOString(),
      clientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      subnetId: 'subnet-0123456789abcdef0',
      groupIds: ['sg-1', 'sg-2'],
      description: `NodeENI data on ${INSTANCE_ID}`,
      tags: {
        Name: 'nodeeni-data-ip-10-0-0-5.ec2.internal-9abcdef0',
        [NO_MANAGE_TAG]: 'true',
        [TAGS.cluster]: 'prod',
        [TAGS.clusterUid]: 'cluster-uid',
        [TAGS.uid]: 'uid-of-data',
        [TAGS.name]: 'data',
        [TAGS.instance]: INSTANCE_ID,
        [TAGS.subnet]: 'subnet-0123456789abcdef0',
        [TAGS.createdAt]: NOW.toISOString(),
      },
    });
  });

  it('asks for addresses where the spec asks for some', () => {
    expect(creation({ secondaryPrivateIPAddressCount: 3, ipv6AddressCount: 2 })).toMatchObject({
      secondaryPrivateIpAddressCount: 3,
      ipv6AddressCount: 2,
    });
    for (const spec of [{}, { secondaryPrivateIPAddressCount: 0 }]) {
      expect(creation(spec)).not.toHaveProperty('secondaryPrivateIpAddressCount');
      expect(creation(spec)).not.toHaveProperty('ipv6AddressCount');
    }
  });

  it('says that no IPv6 address is wanted, which overrides the subnet, but not to one without IPv6', () => {
    const none = { ipv6AddressCount: 0 };
    const withoutIpv6 = aDesiredInterface(none, { subnet: aSubnet({ hasIpv6: false }) });

    expect(creation(none)).toMatchObject({ ipv6AddressCount: 0 });
    expect(creationFor(withoutIpv6, anObservation())).not.toHaveProperty('ipv6AddressCount');
  });

  it.each([
    { spec: {}, count: 1 },
    { spec: { ipv6AddressCount: 3 }, count: 3 },
  ])('asks for $count addresses in an IPv6-only subnet', ({ spec, count }) => {
    const { cidr: _, ...subnet } = aSubnet();

    expect(creationFor(aDesiredInterface(spec, { subnet }), anObservation())).toMatchObject({
      ipv6AddressCount: count,
    });
  });

  it('adds the tags of the spec, and lets none of them replace ours', () => {
    const { tags } = creation({ tags: { team: 'core', [TAGS.uid]: 'mine', Name: 'mine' } });

    expect(tags).toMatchObject({ team: 'core', [TAGS.uid]: 'uid-of-data' });
    expect(tags.Name).toMatch(/^nodeeni-data-/);
  });

  it('cuts the name to what a tag holds', () => {
    const name = 'n'.repeat(253);

    const { tags } = creationFor(
      aDesiredInterface({}, { nodeEni: aNodeEni({}, { name }) }),
      anObservation(),
    );

    expect(tags.Name).toBe(`nodeeni-${name}`.slice(0, 256));
    expect(tags[TAGS.name]).toBe(name);
  });
});

describe('the token of a creation', () => {
  const token = (desired: Partial<DesiredInterface> = {}, observed: Partial<Observed> = {}) =>
    creationFor(aDesiredInterface({}, desired), anObservation(observed)).clientToken;

  it('is the same for the same ENI, however it is to look', () => {
    expect(token({ groupIds: [], nodeEni: aNodeEni({ description: 'd' }) })).toBe(token());
  });

  it.each([
    { of: 'cluster', desired: {}, observed: { cluster: { name: 'test', uid: 'cluster-uid' } } },
    { of: 'cluster of this name', desired: {}, observed: { cluster: { name: 'prod', uid: 'u' } } },
    { of: 'NodeENI', desired: { nodeEni: aNodeEni({}, { uid: 'uid-2' }) }, observed: {} },
    { of: 'instance', desired: {}, observed: { instanceId: 'i-other' } },
    { of: 'subnet', desired: { subnet: aSubnet() }, observed: {} },
    { of: 'time', desired: {}, observed: { now: new Date(ago(1)) } },
  ])('is another one for another $of', ({ desired, observed }) => {
    expect(token(desired, observed)).not.toBe(token());
  });

  it('keeps its parts apart', () => {
    const left = token({}, { cluster: { name: 'a', uid: 'bc' } });
    const right = token({}, { cluster: { name: 'ab', uid: 'c' } });

    expect(left).not.toBe(right);
  });
});

describe('the incarnation of a creation', () => {
  const incarnation = (lastTry?: string) =>
    creationFor(aDesiredInterface(), anObservation(), lastTry).incarnation;

  it.each([
    { name: 'when there was none', lastTry: undefined, after: 0 },
    { name: 'when it cannot be read', lastTry: 'soon', after: 0 },
    { name: 'long ago', lastTry: ago(60), after: 0 },
    { name: 'at this very moment', lastTry: ago(0), after: 1 },
    { name: 'by a clock that is ahead', lastTry: ago(-5), after: 5001 },
  ])('is later than the last try $name', ({ lastTry, after }) => {
    expect(incarnation(lastTry)).toBe(new Date(NOW.getTime() + after).toISOString());
  });
});

describe('descriptionFor', () => {
  it('is that of the spec, or else names NodeENI and instance', () => {
    expect(descriptionFor(aDesiredInterface({ description: 'tenant a' }), 'i-1')).toBe('tenant a');
    expect(descriptionFor(aDesiredInterface(), 'i-1')).toBe('NodeENI data on i-1');
  });
});

describe('descriptionFor, of a NodeENI with a long name', () => {
  const of = (length: number) =>
    descriptionFor(
      aDesiredInterface({}, { nodeEni: aNodeEni({}, { name: 'n'.repeat(length) }) }),
      INSTANCE_ID,
    );

  it('is cut at the name to the 255 characters that EC2 takes, and still names the instance', () => {
    expect(of(253)).toHaveLength(255);
    expect(of(253)).toMatch(new RegExp(`^NodeENI n+ on ${INSTANCE_ID}$`));
    expect(of(200)).toBe(`NodeENI ${'n'.repeat(200)} on ${INSTANCE_ID}`);
  });
});
