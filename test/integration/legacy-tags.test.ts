import { describe, expect, it } from 'vitest';
import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import { workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const LEGACY = { installation: { settings: { hasLegacyTags: true } } };

const tagsOn = (scenario: Scenario, instanceId: string) =>
  Object.fromEntries(scenario.oursOn(instanceId)[0]?.tags ?? []);

const writes = (scenario: Scenario) =>
  scenario.mutating().filter((action) => action === 'CreateTags').length;

describe('An ENI with the tags of the Go controller’s names', () => {
  it('says them from its birth, with the name of its node', async () => {
    const scenario = createScenario(LEGACY);
    const { instanceId, name } = await scenario.addNode();
    const { a } = scenario.subnets;

    await scenario.applyNodeEni('data', { subnetID: a });
    await scenario.pass(60);

    expect(tagsOn(scenario, instanceId)).toMatchObject({
      [PEER_TAGS.nodeEni]: 'data',
      [PEER_TAGS.node]: name,
      [PEER_TAGS.subnet]: a,
      Name: `nodeeni-data-${name}-${a.slice(-8)}`,
    });
    expect(writes(scenario)).toBe(0);
  });

  it('learns its node’s name once there is one, by one call', async () => {
    const scenario = createScenario(LEGACY);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    scenario.autoScaling.createGroup(workersGroup(scenario));
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    const [instanceId = ''] = scenario.autoScaling.states('workers').keys();
    const early = tagsOn(scenario, instanceId);

    const name = await scenario.register(instanceId);
    await scenario.pass(400);

    expect(early.Name).toContain(instanceId);
    expect(early).not.toHaveProperty(PEER_TAGS.node);
    expect(tagsOn(scenario, instanceId)).toMatchObject({ [PEER_TAGS.node]: name });
    expect(tagsOn(scenario, instanceId).Name).toContain(name);
    expect(writes(scenario)).toBe(1);
  });

  it('keeps a name that somebody gave it, and a tag of the spec', async () => {
    const scenario = createScenario(LEGACY);
    const { instanceId } = await scenario.addNode();
    await scenario.applyNodeEni('data', {
      subnetID: scenario.subnets.a,
      tags: { [PEER_TAGS.node]: 'mine' },
    });
    await scenario.pass(60);
    const eniId = scenario.oursOn(instanceId)[0]?.eniId ?? '';

    scenario.ec2.byHand.setTags(eniId, { Name: 'by hand' });
    await scenario.pass(400);

    expect(tagsOn(scenario, instanceId)).toMatchObject({
      [PEER_TAGS.node]: 'mine',
      Name: 'by hand',
    });
  });

  it('does without them where the spec leaves no room', async () => {
    const scenario = createScenario(LEGACY);
    const { instanceId } = await scenario.addNode();
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key-${index}`, '']));

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, tags });
    await scenario.pass(60);

    expect(tagsOn(scenario, instanceId)).toMatchObject(tags);
    expect(tagsOn(scenario, instanceId)).not.toHaveProperty(PEER_TAGS.nodeEni);
  });
});

describe('An ENI without them', () => {
  it('has the name of its node in its own, and none of the others', async () => {
    const scenario = createScenario();
    const { instanceId, name } = await scenario.addNode();

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    expect(tagsOn(scenario, instanceId).Name).toContain(name);
    for (const key of [PEER_TAGS.nodeEni, PEER_TAGS.node, PEER_TAGS.subnet])
      expect(tagsOn(scenario, instanceId)).not.toHaveProperty(key);
  });
});
