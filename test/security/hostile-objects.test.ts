import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { failureOf } from '#core/errors.ts';
import { EVENTS, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

const HOUR = 3600;

/** Each refusal doubles the wait up to an hour: 5, 10, 20, 40 and 60 minutes. */
const MOST_CALLS_IN_FOUR_HOURS = 8;

/** The longest name of an object ("Object Names and IDs", kubernetes.io). */
const LONGEST_NAME = `${'a'.repeat(200)}.${'b'.repeat(52)}`;

const ENOUGH_TAGS = Object.fromEntries(Array.from({ length: 60 }, (_, tag) => [`tag-${tag}`, 'x']));

/** A record with this one key, an own one whatever it is called. */
const only = (key: string, value = 'other'): Record<string, string> =>
  Object.fromEntries([[key, value]]);

const setUp = async (): Promise<Scenario> => {
  const scenario = createScenario();
  await scenario.addNode();
  return scenario;
};

const expectNoErrors = ({ lines }: Scenario): void =>
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);

describe('A tag key that is reserved', () => {
  const RESERVED = [
    ...Object.values(TAGS),
    ...['nodeeni.networking.k8s.aws/anything', 'aws:autoscaling:groupName', 'Name'],
    ...['node.k8s.amazonaws.com/no_manage', 'node.k8s.amazonaws.com/instance_id'],
    ...['eks:eni:owner', 'kubernetes.io/cluster/managed-by'],
  ];

  it.each(RESERVED)('is refused with a sentence: %s', async (key) => {
    const scenario = await setUp();

    const outcome = scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      tags: only(key),
    });

    await expect(outcome).rejects.toThrow('a tag key is reserved');
    await scenario.pass(60);
    expect(scenario.mutating()).toEqual([]);
  });

  it.each([TAGS.cluster, TAGS.uid, TAGS.instance, 'Name'])(
    'takes the ENI of a NodeENI that is older than the rule away from nobody: %s',
    async (key) => {
      const scenario = await setUp();
      scenario.kubernetes.storeUnchecked(NODE_ENIS, {
        apiVersion: 'networking.k8s.aws/v1alpha1',
        kind: 'NodeENI',
        metadata: { name: 'data' },
        spec: {
          nodeSelector: LABELS,
          subnetID: scenario.subnets.a,
          securityGroupIDs: [scenario.groups.one],
          deviceIndex: 2,
          tags: only(key, 'stolen'),
        },
      });

      await scenario.pass(400);

      const tags = scenario.ec2.extraInterfaces().map((eni) => eni.tags.get(key));
      expect(tags).toHaveLength(1);
      expect(tags).not.toContain('stolen');
    },
  );
});

describe('A tag key that is not reserved', () => {
  it.each([
    ['kubernetes.io/cluster/prod', 'other'],
    ['kubernetes.io/cluster/other', 'other'],
    ['constructor', 'other'],
    ['__proto__', undefined],
  ])('makes the ENI nobody else’s: %s', async (key, value) => {
    const scenario = await setUp();

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, tags: only(key) });
    await scenario.pass(400);
    const [eni] = scenario.ours();
    await scenario.deleteNodeEni('data');
    await scenario.pass(120);

    expect(eni?.tags.get(key)).toBe(value);
    expect(scenario.ec2.extraInterfaces()).toEqual([]);
    expectNoErrors(scenario);
  });
});

describe('Tags that EC2 would not take beside ours', () => {
  it.each([
    ['too many', ENOUGH_TAGS],
    ['a key too long', only('k'.repeat(129))],
    ['a value too long', only('team', 'v'.repeat(257))],
  ])('are refused by the API server: %s', async (_what, tags) => {
    const scenario = await setUp();

    const applied = scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, tags });

    await expect(applied).rejects.toThrow('too many or too long tags');
  });
});

describe('What EC2 refuses', () => {
  const refused: readonly [string, Partial<NodeEniSpec>, string, string][] = [
    ['a tag without a key', { tags: only('') }, 'InvalidRequest', 'Tag key'],
    ['a key of AWS in capitals', { tags: only('AWS:x') }, 'InvalidRequest', 'reserved'],
  ];

  it.each(refused)(
    'is told, and not asked again and again: %s',
    async (_what, spec, reason, words) => {
      const scenario = await setUp();

      await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, ...spec });
      await scenario.pass(4 * HOUR);

      expect(await scenario.ready('data')).toMatchObject({
        status: 'False',
        reason,
        message: expect.stringContaining(words),
      });
      expect(scenario.mutating().length).toBeLessThanOrEqual(MOST_CALLS_IN_FOUR_HOURS);
      expect(scenario.kubernetes.stored(EVENTS).length).toBeLessThanOrEqual(2);
      expect(scenario.ours()).toEqual([]);
      expectNoErrors(scenario);
    },
  );

  it('harms no interface that is there, when tags are added to it', async () => {
    const scenario = await setUp();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const mark = scenario.mutating().length;

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, tags: only('AWS:x') });
    await scenario.pass(4 * HOUR);

    expect(new Set(scenario.mutating().slice(mark))).toEqual(new Set(['CreateTags']));
    expect(scenario.mutating().slice(mark).length).toBeLessThanOrEqual(MOST_CALLS_IN_FOUR_HOURS);
    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'InvalidRequest' });
  });
});

describe('An orphan that carries as many tags as EC2 takes', () => {
  it('keeps no other orphan from being collected', async () => {
    const scenario = await setUp();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const [eni] = scenario.ours();
    const owned = {
      ...Object.fromEntries(eni?.tags ?? []),
      [TAGS.uid]: 'of-nobody',
      [TAGS.name]: 'gone',
      [TAGS.instance]: 'i-0123456789abcdef0',
      [TAGS.createdAt]: '2026-11-01T00:00:00.000Z',
    };
    const fill = Object.entries(ENOUGH_TAGS).slice(0, 50 - Object.keys(owned).length);
    const { byHand } = scenario.ec2;
    const full = byHand.create({
      subnetId: scenario.subnets.a,
      tags: { ...owned, ...Object.fromEntries(fill) },
    });
    const usual = byHand.create({ subnetId: scenario.subnets.a, tags: owned });

    await scenario.pass(1_300);

    const left = scenario.ec2.interfaces().map(({ eniId }) => eniId);
    expect(left).toContain(full);
    expect(left).not.toContain(usual);
  });
});

describe('Networks of others', () => {
  it('give no security groups, which costs no call', async () => {
    const scenario = await setUp();
    const { fleet } = scenario.ec2;
    const other = fleet.createSecurityGroup({ vpcId: fleet.createVpc(), name: 'theirs' });

    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      securityGroupIDs: [other],
    });
    await scenario.pass(4 * HOUR);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'InvalidSecurityGroups' });
    expect(scenario.mutating()).toEqual([]);
  });

  it('give a subnet only where IAM does, and its refusal is told and not asked again and again', async () => {
    const scenario = createScenario({
      ec2: {
        onCall: (action) =>
          action === 'CreateNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
      },
    });
    await scenario.addNode();
    const { fleet } = scenario.ec2;
    const subnetID = fleet.createSubnet({
      vpcId: fleet.createVpc(),
      zone: 'us-east-1a',
      cidr: '10.9.0.0/24',
    });

    await scenario.applyNodeEni('data', { subnetID, securityGroupIDs: [] });
    await scenario.pass(4 * HOUR);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'AccessDenied' });
    expect(scenario.mutating().length).toBeLessThanOrEqual(MOST_CALLS_IN_FOUR_HOURS);
  });
});

describe('Values at their limits', () => {
  it('work: a name as long as a name may be', async () => {
    const scenario = await setUp();

    await scenario.applyNodeEni(LONGEST_NAME, { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const ready = await scenario.ready(LONGEST_NAME);
    const events = scenario.kubernetes.stored(EVENTS);
    await scenario.deleteNodeEni(LONGEST_NAME);
    await scenario.pass(120);

    expect(ready).toMatchObject({ status: 'True' });
    expect(events).toMatchObject([{ reason: 'InProgress' }, { reason: 'AllInterfacesReady' }]);
    expect(scenario.ec2.extraInterfaces()).toEqual([]);
    expectNoErrors(scenario);
  });

  it.each([
    ['JSON', '"}],"status":{"conditions":[]},"x":[{"'],
    ['a shell', '$(reboot); `reboot` && reboot\n| reboot'],
    ['a query', '&Action=TerminateInstances&InstanceId.1=i-0a1b2c3d'],
    ['XML', '</description><tagSet><item><key>x</key></item></tagSet>'],
    ['255 characters', 'd'.repeat(255)],
  ])('mean themselves: a description like %s', async (_what, description) => {
    const scenario = await setUp();

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, description });
    await scenario.pass(400);

    expect(scenario.ours()).toMatchObject([{ description }]);
    expect(scenario.mutating()).toHaveLength(3);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expectNoErrors(scenario);
  });

  it('end there: a longer description is refused', async () => {
    const scenario = await setUp();

    const outcome = scenario
      .applyNodeEni('data', { subnetID: scenario.subnets.a, description: 'd'.repeat(256) })
      .catch(failureOf);

    expect(await outcome).toBe('Invalid');
  });
});
