import { describe, expect, it } from 'vitest';
import { EVENTS } from '#providers/kubernetes/resources.ts';
import { createScenario, type ScenarioOptions } from '#test/support/scenario.ts';

/** A node whose interface was attached five seconds ago. */
const justAttached = async (options: ScenarioOptions = {}) => {
  const scenario = createScenario(options);
  const { instanceId, name } = await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  const ours = () => scenario.oursOn(instanceId);
  for (let second = 0; ours()[0]?.attachment?.status !== 'attached' && second < 60; second += 1)
    await scenario.pass(1);
  await scenario.pass(5);
  const eniId = ours()[0]?.eniId ?? '';
  const rows = async () => (await scenario.status('data')).attachments ?? [];
  const events = () => scenario.kubernetes.stored(EVENTS);
  return { scenario, instanceId, name, eniId, ours, rows, events };
};

const FAST_SWEEP = { installation: { sweepIntervalSeconds: 20 } };

describe('An ENI that EC2 has shown and shows no more', () => {
  it('is replaced within two sweeps, however young it was, and once', async () => {
    const { scenario, eniId, ours } = await justAttached(FAST_SWEEP);

    scenario.ec2.byHand.delete(eniId);
    await scenario.pass(45);

    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.eniId).not.toBe(eniId);
    expect(scenario.mutating().filter((call) => call === 'CreateNetworkInterface')).toHaveLength(2);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it('is not replaced for one answer that lacks it', async () => {
    const { scenario, eniId, ours } = await justAttached(FAST_SWEEP);
    const { describeNetworkInterfaces } = scenario.ec2.api;

    // Behind for a minute; the instance goes on to show what is attached to it.
    scenario.ec2.api.describeNetworkInterfaces = async (input) => {
      const answer = await describeNetworkInterfaces(input);
      const shown = answer.NetworkInterfaces?.filter((eni) => eni.NetworkInterfaceId !== eniId);
      return { ...answer, NetworkInterfaces: shown ?? [] };
    };
    await scenario.pass(60);
    scenario.ec2.api.describeNetworkInterfaces = describeNetworkInterfaces;
    await scenario.pass(60);

    expect(ours().map((eni) => eni.eniId)).toEqual([eniId]);
    expect(scenario.mutating().filter((call) => call === 'CreateNetworkInterface')).toHaveLength(1);
  });

  it('is waited for as long as it takes to appear when EC2 has never shown it', async () => {
    const scenario = createScenario({ ec2: { consistencySeconds: 100 }, ...FAST_SWEEP });
    await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    await scenario.pass(300);

    expect(scenario.ours()).toHaveLength(1);
  });

  it('takes its row with it when its instance has ended, at the event', async () => {
    const { scenario, instanceId, rows } = await justAttached();

    scenario.ec2.fleet.terminateInstance(instanceId);
    await scenario.pass(15);

    expect(await rows()).toEqual([]);
    expect(await scenario.states()).toEqual([]);
  });

  it('leaves one row for a node that is replaced under its name', async () => {
    const { scenario, instanceId, name, rows } = await justAttached();
    const next = scenario.ec2.fleet.runInstance({
      subnetId: scenario.subnets.nodesA,
      tags: { 'kubernetes.io/cluster/prod': 'owned' },
    });

    scenario.ec2.fleet.terminateInstance(instanceId);
    await scenario.kubernetes.deleteNode(name);
    await scenario.kubernetes.registerNode({
      name,
      providerID: `aws:///us-east-1a/${next.instanceId}`,
      labels: { ng: 'multi-eni' },
    });
    await scenario.pass(20);

    expect(await rows()).toMatchObject([{ nodeID: name, instanceID: next.instanceId }]);
  });
});

describe('An ENI that somebody attached to another instance', () => {
  const moved = async () => {
    const given = await justAttached();
    const other = await given.scenario.addNode({ labels: {} });
    given.scenario.ec2.byHand.move(given.eniId, other.instanceId, 5);
    await given.scenario.pass(330);
    return { ...given, other: other.instanceId };
  };

  it('is replaced, and the NodeENI says where it is, in a row and an Event', async () => {
    const { scenario, ours, rows, other, eniId, events } = await moved();

    expect(ours()).toHaveLength(1);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
    expect(await rows()).toMatchObject([
      { eniID: ours()[0]?.eniId, reason: 'Attached' },
      { eniID: eniId, reason: 'AttachedElsewhere', message: expect.stringContaining(other) },
    ]);
    const told = JSON.stringify(events().filter(({ reason }) => reason === 'AttachedElsewhere'));
    expect(told).toContain(other);
    expect(told).toContain(eniId);
  });

  it('is told of for as long as it is there, by no further write', async () => {
    const { scenario, rows, eniId } = await moved();
    const before = await scenario.status('data');

    await scenario.pass(3600);
    expect(await scenario.status('data')).toEqual(before);

    scenario.ec2.byHand.delete(eniId);
    await scenario.pass(330);
    expect(await rows()).toMatchObject([{ reason: 'Attached' }]);
  });

  it('holds up no deletion of its NodeENI', async () => {
    const { scenario, other, eniId } = await moved();

    await scenario.deleteNodeEni('data');
    await scenario.pass(120);

    expect(await scenario.nodeEnis()).toEqual([]);
    const left = scenario.ec2.extraInterfaces();
    expect(left).toMatchObject([{ eniId, attachment: { instanceId: other } }]);
  });
});
