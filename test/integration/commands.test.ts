import { describe, expect, it } from 'vitest';
import { runAdopt } from '#cli/adopt/run.ts';
import { collectOrphans, collectRetained } from '#cli/gc/run.ts';
import { runPlan } from '#cli/plan/run.ts';
import { PEER_TAGS, TAGS } from '#core/apis/v1alpha1/names.ts';
import { NAMESPACES } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

/** Collects what a command prints. */
const output = () => {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  return { write, text: () => text };
};

const setUp = async () => {
  const scenario = createScenario();
  const node = await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  return { ...scenario, node };
};

const changes = ({ mutating }: Scenario): number => mutating().length;

describe('nodeeni plan', () => {
  it('tells what would be done to a node, by its name, and does nothing', async () => {
    const scenario = await setUp();
    const { node, subnets, installation } = scenario;

    const text = await runPlan(installation.operator(), { subject: node.name, isJson: false });

    expect(text).toContain(`${node.instanceId} (${node.name}, running)`);
    expect(text).toContain(`data/${subnets.a}: create an ENI in ${subnets.a}`);
    expect(changes(scenario)).toBe(0);
  });

  it('tells of every instance when nobody is named, and that there is nothing to do', async () => {
    const scenario = await setUp();
    const other = await scenario.addNode({ labels: { ng: 'plain' } });
    await scenario.pass(60);

    const text = await runPlan(scenario.installation.operator(), { isJson: false });

    expect(text).toContain(`data/${scenario.subnets.a}: nothing to do`);
    expect(text).toContain(`${other.instanceId} (${other.name}, running)\n  no NodeENI asks`);
  });

  it('gives programs the actions as data', async () => {
    const scenario = await setUp();
    const { instanceId } = scenario.node;

    const text = await runPlan(scenario.installation.operator(), {
      subject: instanceId,
      isJson: true,
    });

    expect(JSON.parse(text)).toMatchObject([
      { instanceId, slots: [{ slot: `data/${scenario.subnets.a}`, action: { type: 'create' } }] },
    ]);
  });

  it('tells a script whether there is nothing to do, something, or something blocked', async () => {
    const scenario = await setUp();
    const { installation, subnets } = scenario;
    const outcomes: string[] = [];
    const plan = () =>
      runPlan(installation.operator(), {
        isJson: false,
        onOutcome: (outcome) => outcomes.push(outcome),
      });

    await plan();
    await scenario.pass(60);
    await plan();
    await scenario.applyNodeEni('lost', { subnetID: 'subnet-unknown', deviceIndex: 3 });
    await scenario.pass(60);
    const text = await plan();

    expect(outcomes).toEqual(['changes', 'none', 'blocked']);
    expect(text).toContain(`data/${subnets.a}: nothing to do`);
    expect(text).toMatch(/lost\/subnet-unknown: blocked \(SubnetNotFound: /);
  });

  it('says that what EC2 refused is blocked', async () => {
    const scenario = await setUp();
    await scenario.pass(60);
    scenario.ec2.wire.failNext('ModifyNetworkInterfaceAttribute', {
      code: 'UnauthorizedOperation',
    });
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      sourceDestCheck: false,
    });
    await scenario.pass(30);

    const text = await runPlan(scenario.installation.operator(), { isJson: false });

    expect(text).toMatch(/: blocked \(AccessDenied: /);
  });

  it('says that it waits where there is nothing to do but to wait', async () => {
    const scenario = createScenario({ ec2: { consistencySeconds: 45 } });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    for (let second = 0; second < 90 && scenario.ours().length === 0; second += 1)
      await scenario.pass(1);
    await scenario.pass(5);
    const outcomes: string[] = [];

    const text = await runPlan(scenario.installation.operator(), {
      isJson: false,
      onOutcome: (outcome) => outcomes.push(outcome),
    });

    expect(text).toMatch(/: waiting \(NotVisibleYet: /);
    expect(outcomes).toEqual(['changes']);
  });

  it('concludes nothing of an instance that EC2 does not know', async () => {
    const scenario = await setUp();
    const outcomes: string[] = [];
    await scenario.kubernetes.registerNode({
      name: 'early',
      providerID: 'aws:///us-east-1a/i-0123456789abcdef0',
      labels: { ng: 'multi-eni' },
    });

    const text = await runPlan(scenario.installation.operator(), {
      subject: 'early',
      isJson: false,
      onOutcome: (outcome) => outcomes.push(outcome),
    });

    expect(text).toContain('(unknown to EC2)');
    expect(text).not.toContain('no NodeENI asks');
    expect(outcomes).toEqual(['blocked']);
  });

  it('says that a node is not there', async () => {
    const scenario = await setUp();

    const plan = runPlan(scenario.installation.operator(), { subject: 'ip-1', isJson: false });

    await expect(plan).rejects.toThrow('There is no node "ip-1". Run "kubectl get nodes"');
  });

  it('says that a node is no EC2 instance', async () => {
    const scenario = await setUp();
    await scenario.kubernetes.registerNode({ name: 'hybrid', providerID: 'eks-hybrid:///x' });

    const plan = runPlan(scenario.installation.operator(), { subject: 'hybrid', isJson: false });

    await expect(plan).rejects.toThrow('Node "hybrid" is no EC2 instance');
  });
});

/** An ENI as the Go controller leaves it. */
const leavePeerInterface = ({ ec2, node, subnets }: Awaited<ReturnType<typeof setUp>>): string => {
  const eniId = ec2.byHand.create({
    subnetId: subnets.a,
    tags: {
      [PEER_TAGS.nodeEni]: 'data',
      [PEER_TAGS.node]: node.name,
      [PEER_TAGS.subnet]: subnets.a,
      [PEER_TAGS.managedBy]: PEER_TAGS.managedByValue,
    },
  });
  ec2.byHand.attach(eniId, node.instanceId, 2);
  return eniId;
};

describe('nodeeni adopt', () => {
  it('tells what a run would take over, then takes it over', async () => {
    const scenario = await setUp();
    scenario.installation.kill();
    const eniId = leavePeerInterface(scenario);
    scenario.installation.restart();
    const operator = scenario.installation.operator();
    const dry = output();
    const wet = output();

    const wouldBeGood = await runAdopt(operator, {
      names: ['data'],
      isDryRun: true,
      write: dry.write,
    });
    const before = changes(scenario);
    const isGood = await runAdopt(operator, { names: [], isDryRun: false, write: wet.write });

    expect({ wouldBeGood, isGood, before }).toEqual({ wouldBeGood: true, isGood: true, before: 0 });
    expect(dry.text()).toBe(`data: ${eniId} on ${scenario.node.instanceId} would be adopted\n`);
    expect(wet.text()).toBe(`data: ${eniId} on ${scenario.node.instanceId} is adopted\n`);
  });

  it('says that there is nothing to adopt', async () => {
    const scenario = await setUp();
    const { write, text } = output();

    await runAdopt(scenario.installation.operator(), { names: [], isDryRun: false, write });

    expect(text()).toBe('There is nothing to adopt.\n');
  });

  it('says that a NodeENI is not there', async () => {
    const scenario = await setUp();
    const operator = scenario.installation.operator();

    const adoption = runAdopt(operator, {
      names: ['date'],
      isDryRun: false,
      write: output().write,
    });

    await expect(adoption).rejects.toThrow('There is no NodeENI "date"');
  });
});

/** An interface of ours that no record and no NodeENI stands behind, and no sweep that would find it. */
const leaveOrphan = async () => {
  const scenario = createScenario({ installation: { sweepIntervalSeconds: 1_000_000 } });
  const { uid = '' } = (await scenario.kubernetes.get(NAMESPACES, 'kube-system')).metadata;
  const eniId = scenario.ec2.byHand.create({
    subnetId: scenario.subnets.a,
    tags: {
      [TAGS.cluster]: 'prod',
      [TAGS.clusterUid]: uid,
      [TAGS.uid]: 'uid-of-nobody',
      [TAGS.name]: 'gone',
      [TAGS.instance]: 'i-0abcdef1234567890',
      [TAGS.subnet]: scenario.subnets.a,
      [TAGS.createdAt]: '2026-11-21T11:00:00.000Z',
    },
  });
  return { ...scenario, eniId };
};

describe('nodeeni gc', () => {
  it('marks an orphan first and collects it in a later run', async () => {
    const scenario = await leaveOrphan();
    const operator = scenario.installation.operator();
    const [first, second] = [output(), output()];

    await collectOrphans(operator, { isDryRun: false, write: first.write });
    await scenario.pass(120);
    const isGood = collectOrphans(operator, { isDryRun: false, write: second.write });
    await scenario.pass(60);

    expect(first.text()).toBe(
      `${scenario.eniId} is marked as an orphan; the next run collects it\n`,
    );
    expect(second.text()).toContain(`${scenario.eniId} is collected\n`);
    expect(await isGood).toBe(true);
    expect(scenario.ours().map(({ eniId }) => eniId)).not.toContain(scenario.eniId);
  });

  it('changes nothing in a dry run', async () => {
    const scenario = await leaveOrphan();
    const before = changes(scenario);
    const { write, text } = output();

    await collectOrphans(scenario.installation.operator(), { isDryRun: true, write });

    expect(text()).toContain('would be marked');
    expect(changes(scenario)).toBe(before);
  });

  it('deletes retained interfaces of ended instances, and those only', async () => {
    const scenario = createScenario();
    const ended = await scenario.addNode();
    const alive = await scenario.addNode();
    const { subnets, ec2, installation } = scenario;
    await scenario.applyNodeEni('data', { subnetID: subnets.a, deleteOnTermination: false });
    await scenario.pass(60);
    ec2.fleet.terminateInstance(ended.instanceId);
    await scenario.pass(60);
    const { write, text } = output();

    const isGood = await collectRetained(installation.operator(), { isDryRun: false, write });

    expect(isGood).toBe(true);
    expect(text()).toMatch(/^eni-[0-9a-f]+ of data in subnet-[0-9a-f]+ is deleted\n$/);
    expect(scenario.ours().map(({ attachment }) => attachment?.instanceId)).toEqual([
      alive.instanceId,
    ]);
  });
});
