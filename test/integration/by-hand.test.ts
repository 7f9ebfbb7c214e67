import { beforeEach, describe, expect, it } from 'vitest';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;
let instanceId: string;
let eniId: string;

const SWEEP_SECONDS = 330;

beforeEach(async () => {
  scenario = createScenario();
  ({ instanceId } = await scenario.addNode());
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(60);
  eniId = scenario.oursOn(instanceId)[0]?.eniId ?? '';
  scenario.ec2.wire.log.clear();
});

describe('What people do by hand in EC2', () => {
  it('is repaired when they detach: the same ENI comes back', async () => {
    scenario.ec2.byHand.detach(eniId);
    await scenario.pass(SWEEP_SECONDS);

    expect(scenario.ours()).toMatchObject([
      { eniId, attachment: { instanceId, deviceIndex: 2, deleteOnTermination: true } },
    ]);
    expect(scenario.mutating()).toEqual([
      'AttachNetworkInterface',
      'ModifyNetworkInterfaceAttribute',
    ]);
  });

  it('is replaced once when they delete', async () => {
    scenario.ec2.byHand.delete(eniId);
    await scenario.pass(3 * SWEEP_SECONDS);

    expect(scenario.ours()).toHaveLength(1);
    expect(scenario.ours()[0]?.eniId).not.toBe(eniId);
    expect(
      scenario.mutating().filter((action) => action === 'CreateNetworkInterface'),
    ).toHaveLength(1);
  });

  it('is given up when they move it to another instance, and never touched again', async () => {
    const other = await scenario.addNode({ labels: {} });
    scenario.ec2.byHand.move(eniId, other.instanceId, 5);
    await scenario.pass(SWEEP_SECONDS);

    const touching = scenario.ec2.wire.log.mutating.filter(({ input }) =>
      JSON.stringify(input).includes(eniId),
    );
    expect(touching.map(({ action }) => action)).toEqual(['DeleteTags']);
    expect(scenario.oursOn(instanceId)).toHaveLength(1);

    scenario.ec2.wire.log.clear();
    await scenario.deleteNodeEni('data');
    await scenario.pass(SWEEP_SECONDS);

    expect(await scenario.nodeEnis()).toEqual([]);
    expect(
      scenario.ec2.interfaces().find((eni) => eni.eniId === eniId)?.attachment?.instanceId,
    ).toBe(other.instanceId);
    expect(JSON.stringify(scenario.ec2.wire.log.mutating)).not.toContain(eniId);
  });

  it('is mended in place when they change groups or flags', async () => {
    const eni = scenario.ours()[0];
    scenario.ec2.byHand.setGroups(eniId, [scenario.groups.two]);
    if (eni?.attachment) eni.attachment.deleteOnTermination = false;
    await scenario.pass(SWEEP_SECONDS);

    expect(scenario.ours()).toMatchObject([
      { eniId, groupIds: [scenario.groups.one], attachment: { deleteOnTermination: true } },
    ]);
    expect(scenario.mutating()).toEqual([
      'ModifyNetworkInterfaceAttribute',
      'ModifyNetworkInterfaceAttribute',
    ]);
  });

  it('makes nothing beside an ENI that lost our tags, and asks for adoption', async () => {
    const eni = scenario.ours()[0];
    scenario.ec2.byHand.removeTags(eniId, [...(eni?.tags.keys() ?? [])]);
    await scenario.pass(SWEEP_SECONDS);

    expect(scenario.mutating()).toEqual([]);
    expect(await scenario.ready('data')).toMatchObject({
      status: 'False',
      reason: 'NeedsAdoption',
    });
  });

  it('does not hold a later NodeENI of the name when it is free and has lost our tags', async () => {
    const tags = [...(scenario.ours()[0]?.tags.keys() ?? [])];
    scenario.ec2.byHand.removeTags(eniId, tags);
    scenario.ec2.byHand.detach(eniId);
    const body = { metadata: { finalizers: null } };
    await scenario.kubernetes.patch(NODE_ENIS, 'data', { type: 'merge', body });
    await scenario.kubernetes.delete(NODE_ENIS, 'data');
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a2 });
    await scenario.pass(2 * SWEEP_SECONDS);

    await scenario.deleteNodeEni('data');
    await scenario.pass(2 * SWEEP_SECONDS);

    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.ec2.interfaces().some((eni) => eni.eniId === eniId)).toBe(true);
    expect(JSON.stringify(scenario.ec2.wire.log.mutating)).not.toContain(eniId);
  });

  it('leaves the primary interface alone even when it carries our tags', async () => {
    const primary = scenario.ec2
      .interfaces()
      .find(
        ({ attachment }) => attachment?.instanceId === instanceId && attachment.deviceIndex === 0,
      );
    scenario.ec2.byHand.setTags(
      primary?.eniId ?? '',
      Object.fromEntries(scenario.ours()[0]?.tags ?? []),
    );
    await scenario.deleteNodeEni('data');
    await scenario.pass(SWEEP_SECONDS);

    expect(JSON.stringify(scenario.ec2.wire.log.mutating)).not.toContain(primary?.eniId);
    expect(primary?.attachment).toMatchObject({ instanceId, deviceIndex: 0 });
  });
});
