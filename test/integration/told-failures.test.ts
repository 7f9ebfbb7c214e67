import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { CallError } from '#core/errors.ts';
import { EVENTS, NODES } from '#providers/kubernetes/resources.ts';
import { createScenario, LABELS, type Scenario } from '#test/support/scenario.ts';

const HOUR = 3600;

/** A world in which these calls of the product are refused until `allow` is called. */
const refusing = (calls: { readonly kubernetes?: string; readonly ec2?: string }) => {
  let isAllowed = false;
  const scenario = createScenario({
    kubernetes: {
      onCall: ({ userName, verb, resource, subresource }) => {
        const call = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
        return !isAllowed && userName === 'nodeeni' && call === calls.kubernetes
          ? {
              error: new CallError('Denied', 'Forbidden', `${call}: denied by policy`),
              when: 'before',
            }
          : undefined;
      },
    },
    ec2: {
      onCall: (action) =>
        !isAllowed && action === calls.ec2 ? { code: 'UnauthorizedOperation' } : undefined,
    },
  });
  return { scenario, allow: () => (isAllowed = true) };
};

const eventsOf = async ({ kubernetes }: Scenario) =>
  (await kubernetes.list(EVENTS)).items.map(({ type, reason }) => `${type} ${reason}`);

describe('A reconcile that fails as a whole', () => {
  it.each([
    { kubernetes: 'create nodeenistates' },
    { kubernetes: 'patch nodeenistates/status' },
    { kubernetes: 'get nodeenistates' },
    { ec2: 'DescribeInstances' },
    { ec2: 'DescribeInstanceTypes' },
    { ec2: 'DescribeNetworkInterfaces' },
  ])('is reported on the NodeENI with its reason, and heals: %o', async (calls) => {
    const { scenario, allow } = refusing(calls);
    await scenario.addNode();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(HOUR);

    expect(await scenario.ready('lan')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(await eventsOf(scenario)).toContain('Warning AccessDenied');

    allow();
    await scenario.pass(HOUR);
    expect(await scenario.ready('lan')).toMatchObject({ status: 'True' });
  });

  it('is reported soon, and no Event more with each try', async () => {
    const { scenario } = refusing({ kubernetes: 'create nodeenistates' });
    await scenario.addNode();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(120);
    expect(await scenario.ready('lan')).toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringContaining('denied by policy'),
    });
    const soon = await eventsOf(scenario);

    await scenario.pass(4 * HOUR);

    expect(await eventsOf(scenario)).toEqual(soon);
  });

  it('is told of a node that comes later, beside those that are ready', async () => {
    const { scenario, allow } = refusing({ kubernetes: 'create nodeenistates' });
    allow();
    await scenario.addNode();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    expect(await scenario.ready('lan')).toMatchObject({ status: 'True' });

    // The event of its start, and that of its registration.
    for (let time = 0; time < 2; time += 1)
      scenario.kubernetes.failNext(
        'create',
        'nodeenistates',
        new CallError('Denied', 'Forbidden', 'no'),
      );
    const { name } = await scenario.addNode();
    await scenario.pass(120);

    const ready = await scenario.ready('lan');
    expect(ready).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(ready?.message).toContain(name);
    await scenario.pass(HOUR);
    expect(await scenario.ready('lan')).toMatchObject({ status: 'True' });
  });
});

describe('A reconcile of which nobody can tell anything', () => {
  it('is told to be overdue, and the status does not waver', async () => {
    const written: string[] = [];
    const scenario = createScenario({
      kubernetes: {
        onCall: ({ userName, verb, resource, subresource }) => {
          const call = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
          if (call === 'patch nodeenis/status') written.push(call);
          return userName === 'nodeeni' && ['get nodeenistates', 'create events'].includes(call)
            ? { error: new CallError('Denied', 'Unauthorized', 'who is that?'), when: 'before' }
            : undefined;
        },
      },
    });
    await scenario.addNode();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(2 * HOUR);

    expect(await scenario.ready('lan')).toMatchObject({ status: 'False', reason: 'NotReconciled' });
    expect(written).toHaveLength(2);
  });
});

describe('A roll-up that fails as a whole', () => {
  it.each([{ kubernetes: 'patch nodeenis' }, { kubernetes: 'list nodes' }])(
    'tells what it can, and heals: %o',
    async (calls) => {
      const { scenario, allow } = refusing(calls);
      await scenario.addNode();
      await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
      await scenario.pass(HOUR);

      expect(await scenario.ready('lan')).toMatchObject({
        status: 'False',
        reason: 'AccessDenied',
        message: expect.stringContaining('denied by policy'),
      });

      allow();
      await scenario.pass(HOUR);
      expect(await scenario.ready('lan')).toMatchObject({ status: 'True' });
    },
  );
});

describe('A startup taint that cannot be taken off', () => {
  const taints = [{ key: NOT_READY_TAINT, value: 'true', effect: 'NoSchedule' }];

  it('is reported on the NodeENI, fails no reconcile, and heals', async () => {
    const { scenario, allow } = refusing({ kubernetes: 'patch nodes' });
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    const { name, instanceId } = await scenario.addNode();
    const providerID = `aws:///us-east-1a/${instanceId}`;
    await scenario.kubernetes.registerNode({ name, providerID, labels: LABELS });
    await scenario.kubernetes.patch(NODES, name, { type: 'merge', body: { spec: { taints } } });
    await scenario.addNode();
    await scenario.pass(HOUR);

    const { summary, conditions } = await scenario.status('lan');
    expect(summary).toBe('2/2');
    expect(conditions?.[0]).toMatchObject({ status: 'False', reason: 'StartupTaintStuck' });
    expect(conditions?.[0]?.message).toContain(`${name}: every interface is attached`);
    expect(scenario.lines.filter(({ fields }) => fields.step === 'interfaces')).toEqual([]);

    allow();
    await scenario.pass(HOUR);
    expect(await scenario.ready('lan')).toMatchObject({ status: 'True' });
  });
});

describe('A matched node that cannot be served', () => {
  const nowhere = { providerID: 'aws:///eu-west-1a/i-00000000000000abc', labels: LABELS };

  it.each<[string, (scenario: Scenario) => Promise<unknown>, string]>([
    [
      'of another account or region',
      ({ kubernetes }) => kubernetes.registerNode({ name: 'far', ...nowhere }),
      'InstanceNotFound',
    ],
    [
      'that is hybrid',
      ({ kubernetes }) =>
        kubernetes.registerNode({
          name: 'far',
          labels: LABELS,
          providerID: 'eks-hybrid:///r/c/mi-0',
        }),
      'NoInstance',
    ],
  ])('is named alone and beside others, one %s', async (_name, register, reason) => {
    const alone = createScenario();
    const beside = createScenario();
    await beside.addNode();
    for (const scenario of [alone, beside]) {
      await register(scenario);
      await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
      await scenario.pass(HOUR);
      const ready = await scenario.ready('lan');
      expect(ready).toMatchObject({ status: 'False', reason });
      expect(ready?.message).toContain('far');
    }
    expect(await beside.status('lan')).toMatchObject({ matchedNodes: 2, summary: '1/1' });

    for (const scenario of [alone, beside]) {
      await scenario.kubernetes.deleteNode('far');
      await scenario.pass(HOUR);
    }
    expect(await beside.ready('lan')).toMatchObject({ status: 'True' });
    expect(await alone.ready('lan')).toMatchObject({ status: 'False', reason: 'NoMatchingNodes' });
  });

  it('is served once its providerID is reported', async () => {
    const scenario = createScenario();
    await scenario.kubernetes.as('kubeadm').create(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'worker-7.corp.example', labels: LABELS },
      spec: {},
    });
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(HOUR);
    expect(await scenario.ready('lan')).toMatchObject({ reason: 'NoInstance' });

    const { instanceId } = scenario.ec2.fleet.runInstance({
      subnetId: scenario.subnets.nodesA,
      instanceType: 'm5.4xlarge',
      tags: { 'kubernetes.io/cluster/prod': 'owned' },
    });
    await scenario.kubernetes.as('ccm').patch(NODES, 'worker-7.corp.example', {
      type: 'merge',
      body: { spec: { providerID: `aws:///us-east-1a/${instanceId}` } },
    });
    await scenario.pass(600);
    expect(await scenario.ready('lan')).toMatchObject({ status: 'True' });
  });

  it('keeps nobody waiting when its instance has ended and its Node stays', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    const { instanceId, name } = await scenario.addNode();
    await scenario.applyNodeEni('lan', { subnetID: scenario.subnets.a });
    await scenario.pass(120);
    scenario.ec2.fleet.terminateInstance(instanceId);
    await scenario.pass(900);

    const { conditions = [] } = await scenario.status('lan');
    expect(conditions[0]).toMatchObject({ status: 'True' });
    expect(conditions.find(({ type }) => type === 'NodesServed')).toMatchObject({
      status: 'False',
      reason: 'InstanceEnded',
      message: expect.stringContaining(name),
    });
  });
});
