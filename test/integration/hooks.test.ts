import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT, TAGS } from '#core/apis/v1alpha1/names.ts';
import { CallError } from '#core/errors.ts';
import { EVENTS, NODE_ENI_STATES, NODES } from '#providers/kubernetes/resources.ts';
import type { GroupOptions } from '#simulator/autoscaling/model.ts';
import { LONGEST_LINEAGE } from '#simulator/lambda/lineage.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import {
  createScenario,
  LABELS,
  type Scenario,
  type ScenarioOptions,
} from '#test/support/scenario.ts';

const terminateHook = {
  name: 'nodeeni-terminate',
  transition: 'autoscaling:EC2_INSTANCE_TERMINATING' as const,
  heartbeatTimeoutSeconds: 120,
  defaultResult: 'CONTINUE' as const,
  notificationMetadata: JSON.stringify({ cluster: 'prod' }),
};

const setUp = async (group: Partial<GroupOptions> = {}, options: ScenarioOptions = {}) => {
  const scenario = createScenario(options);
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  scenario.autoScaling.createGroup(workersGroup(scenario, group));
  await scenario.pass(30);
  return scenario;
};

const only = (scenario: Scenario): string =>
  [...scenario.autoScaling.states('workers').keys()][0] ?? '';
const stateOf = (scenario: Scenario): string | undefined =>
  [...scenario.autoScaling.states('workers').values()][0];

const TEMPLATE = 'k8s.io/cluster-autoscaler/node-template/label/';
const workersTags = { [`${TEMPLATE}ng`]: 'multi-eni' };

/** The agents of all instances say that what they were asked for is set up. */
const agentReports = async (scenario: Scenario): Promise<void> => {
  for (const { metadata, spec } of await scenario.states()) {
    const rows = Object.entries(spec.interfaces ?? {}).map(([slot, { eniId, generation }]) => [
      slot,
      { eniId, generation, configured: true, reason: null, message: null },
    ]);
    const body = { status: { host: Object.fromEntries(rows) } };
    await scenario.kubernetes
      .as('node-agent')
      .patch(NODE_ENI_STATES, metadata.name, { type: 'merge', body }, { subresource: 'status' });
  }
};

describe('A hook of ours whose metadata cannot be read', () => {
  it('is told of in the log and by an Event about its instance, and is not completed', async () => {
    const hook = launchHook();
    const notificationMetadata = JSON.stringify({ cluster: 'prod', deadlineSeconds: 5 });
    const scenario = await setUp({ hooks: [{ ...hook, notificationMetadata }] });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);

    expect(stateOf(scenario)).toBe('Pending:Wait');
    const message = expect.stringContaining('deadlineSeconds: ');
    expect(scenario.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ step: 'metadata' }) }),
    );
    const { items } = await scenario.kubernetes.list(EVENTS);
    expect(items).toContainEqual(
      expect.objectContaining({ type: 'Warning', reason: 'HookUnreadable', message }),
    );
  });
});

describe('A launch hook', () => {
  it('is completed before there is a node, which the status names seconds after it registers', async () => {
    const scenario = await setUp();
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    const before = await scenario.status('data');

    const nodeID = await scenario.register(only(scenario), LABELS);
    await scenario.pass(20);

    expect(before).toMatchObject({ summary: '1/1', attachments: [{ status: 'attached' }] });
    expect(await scenario.status('data')).toMatchObject({
      matchedNodes: 1,
      attachments: [{ nodeID }],
    });
  });

  it('continues when the interfaces are attached, before the node has registered', async () => {
    const scenario = await setUp();
    scenario.autoScaling.setDesiredCapacity('workers', 3);
    await scenario.pass(60);

    expect(scenario.ours()).toHaveLength(3);
    expect(scenario.autoScaling.completions).toMatchObject(
      Array.from({ length: 3 }, () => ({ result: 'CONTINUE', by: 'call' })),
    );
    expect([...scenario.autoScaling.states('workers').values()]).toEqual([
      'InService',
      'InService',
      'InService',
    ]);
  });

  it('waits for nothing that a paused NodeENI cannot have, and gives its index to who needs it now (seeds 4537, 8637)', async () => {
    const scenario = await setUp();
    const required = { deviceIndexPolicy: 'Require', deviceIndex: 1, paused: true } as const;
    const { a, a2 } = scenario.subnets;
    await scenario.applyNodeEni('a-paused', { subnetID: a2, ...required });
    await scenario.applyNodeEni('other', { subnetID: a, ...required, paused: false });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(120);

    expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
    const other = scenario.ours().find(({ tags }) => tags.get(TAGS.name) === 'other');
    expect(other?.attachment).toMatchObject({ deviceIndex: 1 });
  });

  it('is reconciled by a chain of calls that Lambda would end, were it not told that it is meant', async () => {
    const scenario = await setUp(
      { tags: {}, hooks: [launchHook({}, 30)] },
      { installation: { sweepIntervalSeconds: 86_400 } },
    );
    const { sqs, work } = scenario.installation.queues;
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(600);

    const beats = scenario.autoScaling.wire.log.counts().RecordLifecycleActionHeartbeat ?? 0;

    expect(beats).toBeGreaterThan(LONGEST_LINEAGE);
    expect(scenario.autoScaling.completions).toEqual([]);
    expect(sqs.messagesIn(work.replace('.fifo', '-dead.fifo'))).toEqual([]);
  });

  it('waits as long as nothing tells the labels, and is kept alive meanwhile', async () => {
    const scenario = await setUp({ tags: {}, hooks: [launchHook({}, 30)] });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(300);
    expect(stateOf(scenario)).toBe('Pending:Wait');

    await scenario.register(only(scenario), LABELS);
    await scenario.pass(60);

    expect(stateOf(scenario)).toBe('InService');
    expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
    expect(scenario.ours()).toHaveLength(1);
  });

  const template = (labels: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${TEMPLATE}${key}`, value]));

  it.each([
    { what: 'another label', tags: { team: 'payments' }, metadata: {}, selector: LABELS },
    { what: 'a part of them', tags: LABELS, metadata: {}, selector: { ...LABELS, zone: 'a' } },
    { what: 'a part', tags: {}, metadata: { labels: LABELS }, selector: { ...LABELS, zone: 'a' } },
  ])(
    'waits for the Node where $what is promised of what a NodeENI selects by',
    async ({ tags, metadata, selector }) => {
      const scenario = await setUp({ tags: template(tags), hooks: [launchHook(metadata)] });
      await scenario.applyNodeEni('zonal', {
        subnetID: scenario.subnets.a,
        deviceIndex: 3,
        nodeSelector: selector,
      });
      scenario.autoScaling.setDesiredCapacity('workers', 1);
      await scenario.pass(120);
      expect(scenario.autoScaling.completions).toEqual([]);

      await scenario.register(only(scenario), { ...LABELS, team: 'payments', zone: 'a' });
      await scenario.pass(60);

      expect(stateOf(scenario)).toBe('InService');
      expect(scenario.ours()).toHaveLength(2);
    },
  );

  it('waits for no Node where each NodeENI is promised, or ruled out by another value', async () => {
    const scenario = await setUp();
    await scenario.applyNodeEni('zonal', {
      subnetID: scenario.subnets.a,
      nodeSelector: { ng: 'other', zone: 'a' },
    });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);

    expect(stateOf(scenario)).toBe('InService');
    expect(scenario.ours()).toHaveLength(1);
  });

  it('waits for the labels that the cloud controller gives a Node after it has registered', async () => {
    const scenario = await setUp({ tags: {} });
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      nodeSelector: { 'topology.kubernetes.io/zone': 'us-east-1a' },
    });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(20);
    const name = scenario.ec2.fleet.instance(only(scenario))?.privateDnsName ?? '';
    await scenario.kubernetes.registerNode({
      name,
      providerID: `aws:///us-east-1a/${only(scenario)}`,
      labels: LABELS,
      taints: [
        { key: 'node.cloudprovider.kubernetes.io/uninitialized', effect: 'NoSchedule' },
        { key: NOT_READY_TAINT, effect: 'NoSchedule' },
      ],
    });
    await scenario.pass(60);
    const { spec } = await scenario.kubernetes.get(NODES, name);
    expect(stateOf(scenario)).toBe('Pending:Wait');
    expect(spec).toMatchObject({ taints: [{}, { key: NOT_READY_TAINT }] });

    const labels = { 'topology.kubernetes.io/zone': 'us-east-1a' };
    const taints = [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }];
    await scenario.kubernetes
      .as('cloud-controller-manager')
      .patch(NODES, name, { type: 'merge', body: { metadata: { labels }, spec: { taints } } });
    await scenario.pass(60);

    expect(stateOf(scenario)).toBe('InService');
    expect(scenario.ours()).toHaveLength(1);
  });

  it('is kept alive while Kubernetes is unreachable', async () => {
    const scenario = await setUp({ hooks: [launchHook({}, 60)] });
    scenario.kubernetes.setUnreachable(true);
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(600);
    expect(stateOf(scenario)).toBe('Pending:Wait');

    scenario.kubernetes.setUnreachable(false);
    await scenario.pass(90);

    expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
  });

  it('outlives a scale-out in which reconciles stand in the queue for longer than its time-out', async () => {
    const nodes = 150;
    const scenario = await setUp(
      { hooks: [launchHook({}, 75)] },
      {
        ec2: { hasRequestBuckets: true, latencyMs: 100, attachSeconds: 1.5 },
        installation: {
          workers: 2,
          budget: { share: 0.1, burstShare: 0.1 },
          sweepIntervalSeconds: 60,
        },
      },
    );
    scenario.autoScaling.setDesiredCapacity('workers', nodes);
    await scenario.pass(600);

    expect(scenario.autoScaling.completions).toMatchObject(
      Array.from({ length: nodes }, () => ({ result: 'CONTINUE', by: 'call' })),
    );
  });

  it.each(['ABANDON', 'CONTINUE'] as const)(
    'ends in %s at its deadline, as its settings say',
    async (onDeadline) => {
      const scenario = await setUp({ hooks: [launchHook({ deadlineSeconds: 120, onDeadline })] });
      await scenario.applyNodeEni('data', { subnetID: 'subnet-vpc1' });
      scenario.autoScaling.setDesiredCapacity('workers', 1);
      await scenario.pass(150);

      expect(scenario.autoScaling.completions[0]).toMatchObject({ result: onDeadline, by: 'call' });
    },
  );

  it.each([
    { what: 'waits for a place that the VPC CNI gives back later', enis: 1, ends: 'CONTINUE' },
    { what: 'gives up at once what has too few places for all', enis: 3, ends: 'ABANDON' },
  ])('$what', async ({ enis, ends }) => {
    const scenario = createScenario({ ec2: { pendingSeconds: 5 } });
    scenario.ec2.fleet.onStateChange(({ detail }) => {
      const { 'instance-id': id, state } = detail as { 'instance-id': string; state: string };
      if (state !== 'running') return;
      for (const index of [1, 2]) {
        const eni = scenario.ec2.byHand.create({ subnetId: scenario.subnets.nodesA });
        scenario.ec2.byHand.attach(eni, id, index);
        if (index === 2)
          void scenario.clock.sleep(120_000).then(() => scenario.ec2.byHand.delete(eni));
      }
    });
    const names = Array.from({ length: enis }, (_, index) => `data-${index}`);
    for (const name of names)
      await scenario.applyNodeEni(name, { subnetID: scenario.subnets.a, deviceIndex: 1 });
    scenario.autoScaling.createGroup(workersGroup(scenario, { instanceType: 'm5.large' }));
    await scenario.pass(10);
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(ends === 'ABANDON' ? 30 : 600);

    expect(scenario.autoScaling.completions[0]).toMatchObject({ result: ends, by: 'call' });
    if (ends === 'CONTINUE') expect(scenario.autoScaling.completions).toHaveLength(1);
  });

  it('abandons at once what can never carry the interface', async () => {
    const scenario = await setUp({ instanceType: 't3.medium' });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, networkCardIndex: 1 });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(30);

    expect(scenario.autoScaling.completions[0]).toMatchObject({ result: 'ABANDON', by: 'call' });
    expect(scenario.ours()).toEqual([]);
  });

  it.each([
    { that: 'needs an interface', selected: LABELS, interfaces: 1 },
    { that: 'needs none', selected: { ng: 'others' }, interfaces: 0 },
  ])(
    'is completed by the sweep when its event was lost, on an instance that $that',
    async ({ selected, interfaces }) => {
      const scenario = createScenario();
      await scenario.applyNodeEni('data', {
        subnetID: scenario.subnets.a,
        nodeSelector: selected,
      });
      scenario.autoScaling.createGroup(workersGroup(scenario, { hooks: [launchHook({}, 600)] }));
      await scenario.pass(30);
      const deliver = scenario.installation.queues.sqs.sendMessageBatch;
      scenario.installation.queues.sqs.sendMessageBatch = async (input) => ({
        Successful: (input.Entries ?? []).map(({ Id }) => ({
          Id,
          MessageId: '',
          MD5OfMessageBody: '',
        })),
        Failed: [],
        $metadata: {},
      });
      scenario.autoScaling.setDesiredCapacity('workers', 1);
      await scenario.pass(60);
      scenario.installation.queues.sqs.sendMessageBatch = deliver;
      expect(scenario.ours()).toEqual([]);

      await scenario.pass(300);

      expect(stateOf(scenario)).toBe('InService');
      expect(scenario.ours()).toHaveLength(interfaces);
    },
  );

  it('on the way into a warm pool is found by the sweep, too, when its events were lost', async () => {
    let isLost = false;
    const scenario = await setUp(
      { hasWarmPool: true, hooks: [launchHook({}, 900)] },
      { eventBridge: { disturbance: () => (isLost ? [] : [0]) } },
    );
    isLost = true;
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(890);

    expect(stateOf(scenario)).toBe('Warmed:Stopped');
    expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
  });

  it('of somebody else is left alone', async () => {
    const scenario = await setUp({
      hooks: [{ ...launchHook(), notificationMetadata: 'drain-me' }],
    });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(90);

    expect(scenario.autoScaling.completions).toEqual([]);
    expect(scenario.autoScaling.wire.log.mutating).toEqual([]);
  });

  it.each([
    { what: 'its interfaces are there', tags: workersTags },
    { what: 'none is asked for', tags: { ...workersTags, [`${TEMPLATE}ng`]: 'other' } },
    { what: 'its deadline is over', tags: {} },
  ])('of another cluster with our name is left alone when $what', async ({ tags }) => {
    const clusterUid = '11111111-2222-4333-8444-555555555555';
    const scenario = await setUp({ tags, hooks: [launchHook({ clusterUid }, 300)] });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(1200);

    expect(scenario.autoScaling.wire.log.mutating).toEqual([]);
    expect(scenario.ours()).toEqual([]);
  });

  it.each(['AccessDenied', 'Throttling'])(
    'is completed although no heartbeat is taken: %s',
    async (code) => {
      const scenario = await setUp(
        { hooks: [launchHook({}, 300)] },
        {
          autoScaling: {
            onCall: (action) =>
              action === 'RecordLifecycleActionHeartbeat' ? { code } : undefined,
          },
        },
      );
      scenario.autoScaling.setDesiredCapacity('workers', 1);
      await scenario.pass(290);

      expect(scenario.autoScaling.completions).toMatchObject([{ result: 'CONTINUE', by: 'call' }]);
      expect(scenario.lines).toContainEqual(
        expect.objectContaining({
          message: 'reconcile failed',
          fields: expect.objectContaining({ step: 'heartbeat' }),
        }),
      );
    },
  );

  it('waits for the host where its settings say so', async () => {
    const scenario = await setUp({ hooks: [launchHook({ completeWhen: 'Configured' })] });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    expect(stateOf(scenario)).toBe('Pending:Wait');
    expect(scenario.ours()).toHaveLength(1);

    await agentReports(scenario);
    await scenario.pass(30);

    expect(stateOf(scenario)).toBe('InService');
  });

  it('does not flap when a label was predicted wrong: the ENI stays until the node has settled', async () => {
    const scenario = await setUp();
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    await scenario.register(only(scenario), { ng: 'other' });
    await scenario.pass(500);
    expect(scenario.ours()).toHaveLength(1);

    await scenario.pass(600);

    expect(scenario.ours()).toEqual([]);
    expect(
      scenario.mutating().filter((action) => action === 'CreateNetworkInterface'),
    ).toHaveLength(1);
  });

  it('works on the way into a warm pool and out of it, with one ENI', async () => {
    const scenario = await setUp({ hasWarmPool: true });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(90);
    expect(stateOf(scenario)).toBe('Warmed:Stopped');

    await scenario.pass(3600);
    scenario.autoScaling.leaveWarmPool('workers', only(scenario));
    await scenario.pass(90);

    expect(stateOf(scenario)).toBe('InService');
    expect(scenario.ours()).toHaveLength(1);
    expect(scenario.mutating()).toHaveLength(3);
  });
});

describe('A launch hook that waits for the host', () => {
  it('waits for the agent of this boot when the instance leaves a warm pool', async () => {
    const scenario = await setUp({
      hasWarmPool: true,
      hooks: [launchHook({ completeWhen: 'Configured' }, 900)],
    });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    await scenario.register(only(scenario), LABELS);
    await agentReports(scenario);
    await scenario.pass(60);
    expect(stateOf(scenario)).toBe('Warmed:Stopped');

    await scenario.pass(3600);
    scenario.autoScaling.leaveWarmPool('workers', only(scenario));
    await scenario.pass(60);
    expect(stateOf(scenario)).toBe('Pending:Wait');
    expect(await scenario.status('data')).toMatchObject({
      summary: '0/1',
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'False', reason: 'HostRestarted' }),
      ]),
    });

    await agentReports(scenario);
    await scenario.pass(30);

    expect(stateOf(scenario)).toBe('InService');
    expect(await scenario.status('data')).toMatchObject({ summary: '1/1' });
  });
});

describe('A terminate hook', () => {
  it('is continued at once, and the ENI ends with its instance', async () => {
    const scenario = await setUp({ hooks: [launchHook(), terminateHook], desiredCapacity: 1 });
    await scenario.pass(60);
    scenario.autoScaling.setDesiredCapacity('workers', 0);
    await scenario.pass(120);

    expect(scenario.autoScaling.completions.at(-1)).toMatchObject({
      hookName: 'nodeeni-terminate',
      result: 'CONTINUE',
      by: 'call',
    });
    expect(scenario.ours()).toEqual([]);
    expect(scenario.mutating()).not.toContain('DetachNetworkInterface');
  });

  it('is not continued by a reconcile that failed, which saw no flag', async () => {
    const scenario = await setUp({ hooks: [launchHook(), terminateHook], desiredCapacity: 1 });
    await scenario.pass(60);
    scenario.kubernetes.setUnreachable(true);
    scenario.autoScaling.setDesiredCapacity('workers', 0);
    await scenario.pass(60);
    expect(stateOf(scenario)).toBe('Terminating:Wait');

    scenario.kubernetes.setUnreachable(false);
    await scenario.pass(60);

    expect(scenario.autoScaling.completions.at(-1)).toMatchObject({
      result: 'CONTINUE',
      by: 'call',
    });
    expect(scenario.ours()).toEqual([]);
  });

  it('first puts a delete-on-termination flag right that somebody changed', async () => {
    const scenario = await setUp({ hooks: [launchHook(), terminateHook], desiredCapacity: 1 });
    await scenario.pass(60);
    const [eni] = scenario.ours();
    if (eni?.attachment) eni.attachment.deleteOnTermination = false;
    scenario.autoScaling.setDesiredCapacity('workers', 0);
    await scenario.pass(60);

    expect(scenario.ours()).toEqual([]);
    expect(scenario.mutating()).not.toContain('DeleteNetworkInterface');
  });
});

describe('A terminate hook of somebody else', () => {
  it('tells that the instance ends, and nothing is built on it any more', async () => {
    const drain = {
      ...terminateHook,
      name: 'Terminate-LC-Hook',
      heartbeatTimeoutSeconds: 1800,
      notificationMetadata: '{}',
    };
    const scenario = await setUp({ hooks: [drain], desiredCapacity: 1 });
    await scenario.register(only(scenario), LABELS);
    await scenario.pass(60);
    scenario.autoScaling.setDesiredCapacity('workers', 0);
    await scenario.pass(60);
    await scenario.applyNodeEni('late', { subnetID: scenario.subnets.a, deviceIndex: 3 });
    await scenario.pass(60);

    expect(stateOf(scenario)).toBe('Terminating:Wait');
    expect(scenario.ours()).toHaveLength(1);
    expect(await scenario.status('late')).toMatchObject({
      attachments: [{ status: 'pending', reason: 'InstanceEnding' }],
    });
  });
});

describe('Where Auto Scaling does not answer', () => {
  const trouble = ['DescribeAutoScalingInstances', 'DescribeLifecycleHooks'];

  it('nodes get their interfaces, rows tell of it, and no longer than it lasts', async () => {
    let isInTrouble = true;
    const scenario = createScenario({
      autoScaling: {
        onCall: (action) =>
          isInTrouble && trouble.includes(action) ? { code: 'Throttling' } : undefined,
      },
    });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    scenario.autoScaling.createGroup(workersGroup(scenario, { hooks: [], desiredCapacity: 1 }));
    const single = await scenario.addNode();
    await scenario.register(only(scenario), LABELS);
    await scenario.pass(60);
    const during = await scenario.status('data');
    isInTrouble = false;
    await scenario.pass(600);
    const after = await scenario.status('data');

    expect(during.summary).toBe('2/2');
    expect(
      during.attachments?.filter(({ message }) => message?.includes('Auto Scaling')),
    ).toMatchObject([{ instanceID: only(scenario), reason: 'Attached' }]);
    expect(JSON.stringify(after)).not.toContain('Auto Scaling');
    expect(single.instanceId).not.toBe(only(scenario));
  });

  it('an interface that a promised label brought stays while nobody can read the promise', async () => {
    let isInTrouble = false;
    const scenario = await setUp(
      {},
      {
        autoScaling: { onCall: () => (isInTrouble ? { code: 'Throttling' } : undefined) },
      },
    );
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    isInTrouble = true;
    await scenario.pass(400); // what is remembered of the group is over

    await scenario.register(only(scenario), { ng: 'other' });
    await scenario.pass(60);

    expect(scenario.ours()).toHaveLength(1);
  });
});

describe('A startup taint', () => {
  it('that cannot be taken off keeps no other node of the batch, and is tried again', async () => {
    const scenario = createScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(30);
    const tainted = async () => {
      const { instanceId, privateDnsName: name } = scenario.ec2.fleet.runInstance({
        subnetId: scenario.subnets.nodesA,
        tags: { 'kubernetes.io/cluster/prod': 'owned' },
      });
      const taints = [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }];
      const providerID = `aws:///us-east-1a/${instanceId}`;
      await scenario.kubernetes.registerNode({ name, providerID, labels: LABELS, taints });
      return name;
    };
    const taintsOf = async (name: string) =>
      ((await scenario.kubernetes.get(NODES, name)).spec as { taints?: unknown[] }).taints ?? [];
    const names = [await tainted(), await tainted()];
    scenario.kubernetes.failNext('patch', 'nodes', new CallError('Denied', '403', 'no right'));
    let atFirst = names.map(() => ({}) as unknown);
    while (atFirst.length === names.length) {
      await scenario.pass(0.1);
      atFirst = (await Promise.all(names.map(taintsOf))).flat();
    }
    await scenario.pass(330);
    const later = (await Promise.all(names.map(taintsOf))).flat();

    expect(atFirst).toHaveLength(1);
    expect(later).toEqual([]);
  });

  it('comes off when every interface is attached, and the other taints stay', async () => {
    const scenario = createScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const { instanceId, privateDnsName } = scenario.ec2.fleet.runInstance({
      subnetId: scenario.subnets.nodesA,
      tags: { 'kubernetes.io/cluster/prod': 'owned' },
    });
    const taint = (key: string) => ({ key, effect: 'NoSchedule' });
    await scenario.kubernetes.registerNode({
      name: privateDnsName,
      providerID: `aws:///us-east-1a/${instanceId}`,
      labels: LABELS,
      taints: [taint('team'), taint('nodeeni.networking.k8s.aws/not-ready')],
    });
    await scenario.pass(400);

    const node = await scenario.kubernetes.get(NODES, privateDnsName);
    expect(node.spec).toMatchObject({ taints: [{ key: 'team' }] });
    expect(scenario.ours()).toHaveLength(1);
  });
});

describe('A launch hook that is younger than what is remembered of its group', () => {
  it('is completed as soon as the interfaces are there', async () => {
    const scenario = await setUp({ hooks: [terminateHook] });
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60); // its reconcile has read the hooks of the group

    scenario.autoScaling.putHook('workers', launchHook());
    scenario.autoScaling.setDesiredCapacity('workers', 2);
    await scenario.pass(60);

    expect([...scenario.autoScaling.states('workers').values()]).toEqual([
      'InService',
      'InService',
    ]);
  });
});
