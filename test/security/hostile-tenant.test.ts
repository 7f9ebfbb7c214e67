import { describe, expect, it } from 'vitest';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const OTHERS = { tenant: 'hostile' };

/** Values of the filters of all look-ups of subnets and groups so far. */
const lookedUp = ({ ec2 }: Scenario): readonly string[] =>
  ec2.wire.log.calls
    .filter(({ action }) => ['DescribeSubnets', 'DescribeSecurityGroups'].includes(action))
    .flatMap(({ input }) => {
      const { Filters = [] } = input as { Filters?: { Values?: string[] }[] };
      return Filters.flatMap(({ Values = [] }) => Values);
    });

const ids = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `subnet-${prefix}${index}`);

describe('A NodeENI that selects no node', () => {
  it('is looked up for nobody', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applyNodeEni('idle', { nodeSelector: OTHERS, subnetIDs: ids(30, 'idle') });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    await scenario.pass(700);

    expect(lookedUp(scenario).filter((value) => value.includes('idle'))).toEqual([]);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
  });

  it('is looked up once a node bears its label', async () => {
    const scenario = createScenario();
    const { name } = await scenario.addNode({ labels: {} });
    await scenario.applyNodeEni('data', { nodeSelector: OTHERS, subnetID: scenario.subnets.a });
    await scenario.pass(60);

    await scenario.kubernetes.labelNode(name, OTHERS);
    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
  });
});

describe('A reference for which EC2 refuses the look-up', () => {
  it.each([
    ['InvalidSubnetID.Malformed', 'InvalidRequest'],
    ['InvalidParameterValue', 'InvalidRequest'],
    ['UnauthorizedOperation', 'AccessDenied'],
    ['RequestLimitExceeded', 'Throttled'],
    ['InternalError', 'Error'],
  ])('fails its NodeENI, which says so, and no other: %s', async (code, reason) => {
    const scenario = createScenario({
      ec2: {
        onCall: (action, input) =>
          action === 'DescribeSubnets' && JSON.stringify(input).includes('subnet-bad')
            ? { code }
            : undefined,
      },
    });
    await scenario.addNode();
    await scenario.applyNodeEni('bad', { subnetIDs: [scenario.subnets.a2, 'subnet-bad'] });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    await scenario.pass(120);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
    expect(await scenario.ready('bad')).toMatchObject({
      status: 'False',
      reason,
      message: expect.stringContaining('DescribeSubnets'),
    });
  });

  it('keeps what its NodeENI has, until EC2 answers again', async () => {
    let isRefused = false;
    const scenario = createScenario({
      ec2: {
        onCall: (action) =>
          isRefused && action === 'DescribeSecurityGroups'
            ? { code: 'UnauthorizedOperation' }
            : undefined,
      },
    });
    const { instanceId } = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    const before = scenario.oursOn(instanceId).map(({ eniId }) => eniId);

    isRefused = true;
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, deviceIndex: 3 });
    await scenario.pass(900);
    const during = await scenario.ready('data');
    isRefused = false;
    await scenario.pass(600);

    expect(during).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(scenario.oursOn(instanceId).map(({ eniId }) => eniId)).toEqual(before);
    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
  });
});

describe('A flood of references that EC2 does not know', () => {
  it('delays nobody, though EC2 counts the calls', async () => {
    const scenario = createScenario({ ec2: { hasRequestBuckets: true } });
    for (let tenant = 0; tenant < 20; tenant += 1)
      await scenario.applyNodeEni(`flood-${tenant}`, { subnetIDs: ids(30, `t${tenant}-`) });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.addNode();

    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
    expect(scenario.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('A launch hook that names who may hold it', () => {
  const launch = async (nodeENIs: unknown) => {
    const scenario = createScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.applyNodeEni('wrong', { subnetID: 'subnet-of-nobody' });
    await scenario.applyNodeEni('open', {
      nodeSelector: { 'not-promised': 'yes' },
      subnetID: scenario.subnets.a,
    });
    const hooks = [launchHook(nodeENIs === undefined ? {} : { nodeENIs })];
    scenario.autoScaling.createGroup(workersGroup(scenario, { hooks }));
    await scenario.pass(30);
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(90);
    return {
      states: [...scenario.autoScaling.states('workers').values()],
      interfaces: scenario.ours().length,
    };
  };

  it.each([[['data']], [['data', 'another']]])(
    'is held by no other NodeENI, though it selects every node: %j',
    async (nodeENIs) => {
      expect(await launch(nodeENIs)).toEqual({ states: ['InService'], interfaces: 1 });
    },
  );

  it.each([[['data', 'wrong']], [['data', 'open']], [undefined]])(
    'is held by those that it names, and by all when it names none: %j',
    async (nodeENIs) => {
      expect(await launch(nodeENIs)).toEqual({ states: ['Pending:Wait'], interfaces: 1 });
    },
  );
});

describe('A name that is a pattern', () => {
  it('stands for itself, and lists nothing of the account', async () => {
    const scenario = createScenario();
    await scenario.addNode();

    await scenario.applyNodeEni('data', {
      subnetNames: ['lan-?', '*'],
      securityGroupIDs: [],
      securityGroupNames: ['*', '\\*'],
    });
    await scenario.pass(60);

    expect(lookedUp(scenario)).toEqual(expect.arrayContaining(['lan-\\?', '\\*']));
    expect(lookedUp(scenario)).not.toContain('*');
    expect(await scenario.ready('data')).toMatchObject({ reason: 'SubnetNotFound' });
  });

  it('finds what is really called so', async () => {
    const scenario = createScenario();
    const { fleet } = scenario.ec2;
    await scenario.addNode();
    fleet.createSubnet({
      vpcId: scenario.vpcId,
      zone: 'us-east-1a',
      cidr: '10.7.0.0/24',
      name: 'what? \\ 5 * 5',
    });

    await scenario.applyNodeEni('data', { subnetNames: ['what? \\ 5 * 5'] });
    await scenario.pass(60);

    expect(await scenario.ready('data')).toMatchObject({ reason: 'AllInterfacesReady' });
  });
});
