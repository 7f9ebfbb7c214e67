import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { Resource } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `subnet-of-nobody-${index}`);

const conditionOf = async (scenario: Scenario, name: string, type: string) =>
  (await scenario.status(name)).conditions?.find((condition) => condition.type === type);

/** As an earlier version of the CRD let it be stored. */
const store = (
  { kubernetes, groups }: Scenario,
  name: string,
  spec: Partial<NodeEniSpec>,
): void => {
  kubernetes.storeUnchecked(NODE_ENIS, {
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name },
    spec: { nodeSelector: LABELS, securityGroupIDs: [groups.one], deviceIndex: 2, ...spec },
  });
};

describe('A NodeENI that is larger than the API allows now', () => {
  it('keeps working, and says so', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    store(scenario, 'data', { subnetIDs: [scenario.subnets.a, ...ids(40)] });

    await scenario.pass(400);

    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(await conditionOf(scenario, 'data', 'SpecValid')).toMatchObject({
      status: 'False',
      reason: 'InvalidSpec',
      message: 'spec.subnetIDs: at most 32 items, and there are 41',
    });
  });

  it('is looked up in part when it is far too large, which is told', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    store(scenario, 'data', { subnetIDs: [scenario.subnets.a, ...ids(5_000)] });

    await scenario.pass(400);

    const [state] = await scenario.states();
    const values = scenario.ec2.wire.log.calls
      .filter(({ action }) => action === 'DescribeSubnets')
      .map(({ input }) => (JSON.stringify(input).match(/of-nobody/g) ?? []).length);
    expect(Math.max(...values)).toBeLessThanOrEqual(200);
    expect(scenario.ours()).toMatchObject([{ attachment: { status: 'attached' } }]);
    expect(Object.values(state?.status?.interfaces ?? {})).toMatchObject([
      { phase: 'Attached' },
      { reason: 'SubnetNotFound' },
      { reason: 'InvalidSpec', message: expect.stringContaining('4801 subnets too many') },
    ]);
  });

  it('can be deleted', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    store(scenario, 'data', { subnetIDs: [scenario.subnets.a, ...ids(5_000)] });
    await scenario.pass(400);

    await scenario.deleteNodeEni('data');
    await scenario.pass(120);

    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ec2.extraInterfaces()).toEqual([]);
  });
});

describe('Subnets that EC2 does not know', () => {
  it('are one row of their NodeENI on a node, with a count and the first few', async () => {
    const scenario = createScenario();
    const { instanceId } = await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetIDs: ids(31),
      subnetID: scenario.subnets.a,
      subnetNames: ['nobody'],
    });

    await scenario.pass(60);

    const rows = (await scenario.status('data')).attachments;
    expect(rows).toMatchObject([
      { instanceID: instanceId, status: 'attached' },
      {
        instanceID: instanceId,
        subnetID: 'subnet-of-nobody-0',
        reason: 'SubnetNotFound',
        message:
          'EC2 knows no subnet subnet-of-nobody-0. Check the spelling, the region and the account. Nor is there any subnet-of-nobody-1, subnet-of-nobody-2, subnet-of-nobody-3 and 28 more.',
      },
    ]);
  });
});

const LIMIT_OF_STATE = 256 * 1024;
const LIMIT_OF_NODE_ENI = 1024 * 1024;

const bytes = (object: unknown): number => Buffer.byteLength(JSON.stringify(object));

const largest = async ({ kubernetes }: Scenario, resource: Resource): Promise<number> =>
  Math.max(0, ...(await kubernetes.list(resource)).items.map(bytes));

/** A name as long as a name may be. */
const longName = (index: number): string => `${'n'.repeat(240)}-${index}`;

const longId = (prefix: string, index: number): string =>
  `${prefix}-${index}-${'x'.repeat(240 - prefix.length)}`;

const longIds = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => longId(prefix, index));

/** As many and as large tags as the rule lets pass, in characters of four bytes. */
const LARGE_TAGS = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [
    `${String(index).padStart(2, '0')}${'𝄞'.repeat(126)}`,
    '𝄞'.repeat(256),
  ]),
);

const stateOf = async (scenario: Scenario) => (await scenario.states())[0];

describe('Fifteen NodeENIs as large as they may be', () => {
  it('leave the objects small, and say what is left out', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    const { fleet } = scenario.ec2;
    const elsewhere = Array.from({ length: 24 }, (_, index) =>
      fleet.createSubnet({
        vpcId: scenario.vpcId,
        zone: 'us-east-1b',
        cidr: `10.20.${index}.0/24`,
        subnetId: longId('subnet', index),
      }),
    );
    for (let index = 0; index < 15; index += 1)
      await scenario.applyNodeEni(longName(index), {
        subnetIDs: [scenario.subnets.a, ...elsewhere, ...longIds(7, 'subnet-none')],
        subnetNames: Array.from({ length: 32 }, (_, name) => `${name}${'𝄞'.repeat(254)}`),
        description: '𝄞'.repeat(120),
        tags: LARGE_TAGS,
        selector: {
          matchExpressions: Array.from({ length: 16 }, (_, key) => ({
            key: `${'p'.repeat(250)}/${'k'.repeat(60)}${key}`,
            operator: 'NotIn' as const,
            values: Array.from(
              { length: 128 },
              (_unused, value) => `${'v'.repeat(60)}${value % 100}`,
            ),
          })),
        },
      });

    await scenario.pass(900);

    const state = await stateOf(scenario);
    expect(await largest(scenario, NODE_ENI_STATES)).toBeLessThan(LIMIT_OF_STATE);
    expect(await largest(scenario, NODE_ENIS)).toBeLessThan(LIMIT_OF_NODE_ENI);
    expect(state?.status?.interfacesOmitted).toBeGreaterThan(100);
    const readies = await Promise.all(
      Array.from({ length: 15 }, (_, index) => scenario.ready(longName(index))),
    );
    expect(readies.map((ready) => ready?.status)).toEqual(readies.map(() => 'False'));
    expect(scenario.lines.filter(({ level }) => level === 'error')).toEqual([]);
  }, 60_000);

  it('release what they got', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    for (let index = 0; index < 7; index += 1)
      await scenario.applyNodeEni(longName(index), {
        subnetID: scenario.subnets.a,
        tags: LARGE_TAGS,
      });
    await scenario.pass(300);
    const built = scenario.ours().length;
    const told = await Promise.all(
      Array.from({ length: 7 }, (_, index) => scenario.ready(longName(index))),
    );

    for (let index = 0; index < 7; index += 1) await scenario.deleteNodeEni(longName(index));
    await scenario.pass(600);

    expect(built).toBeGreaterThan(0);
    expect(built).toBeLessThan(7);
    expect(told.filter((ready) => ready?.reason === 'RecordsFull')).toHaveLength(7 - built);
    expect(scenario.ec2.extraInterfaces()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
  }, 60_000);

  it('do not grow by an edit of their tags, which is told', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    for (let index = 0; index < 7; index += 1)
      await scenario.applyNodeEni(longName(index), { subnetID: scenario.subnets.a });
    await scenario.pass(300);

    for (let index = 0; index < 7; index += 1)
      await scenario.applyNodeEni(longName(index), {
        subnetID: scenario.subnets.a,
        tags: LARGE_TAGS,
      });
    await scenario.pass(900);

    expect(await largest(scenario, NODE_ENI_STATES)).toBeLessThan(LIMIT_OF_STATE);
    expect(scenario.ours()).toHaveLength(7);
    const told = await Promise.all(
      Array.from({ length: 7 }, (_, index) => scenario.ready(longName(index))),
    );
    expect(told.map((ready) => ready?.reason)).toContain('RecordsFull');
  }, 60_000);
});

describe('Hundreds of NodeENIs on one node', () => {
  it('are told apart: who has no row is not ready and says why', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('a-first', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    for (let index = 0; index < 300; index += 1)
      await scenario.applyNodeEni(`tiny-${index}`, { subnetIDs: ['subnet-of-nobody'] });

    await scenario.pass(1_200);

    const state = await stateOf(scenario);
    const unreported = Array.from({ length: 300 }, (_, index) => `tiny-${index}`).find(
      (name) => state?.status?.interfaces?.[`${name}/subnet-of-nobody`] === undefined,
    );
    expect(await largest(scenario, NODE_ENI_STATES)).toBeLessThan(LIMIT_OF_STATE);
    expect(await scenario.ready('a-first')).toMatchObject({ reason: 'AllInterfacesReady' });
    expect(await scenario.ready(unreported ?? '')).toMatchObject({
      status: 'False',
      reason: 'TooManyInterfaces',
    });
  }, 60_000);
});
