import { beforeEach, describe, expect, it } from 'vitest';
import { NO_MANAGE_TAG, TAGS } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

let scenario: Scenario;
let instanceId: string;
let eniId: string;
let before: Readonly<Record<string, string>>;

const SWEEP_SECONDS = 330;
const OWN = [TAGS.uid, TAGS.name, TAGS.instance, TAGS.subnet, TAGS.createdAt];

const tagsNow = () => {
  const eni = scenario.ec2.interfaces().find((one) => one.eniId === eniId);
  return Object.fromEntries(eni?.tags ?? []);
};

const extras = () => scenario.ec2.extraInterfaces().map((eni) => eni.eniId);

beforeEach(async () => {
  scenario = createScenario();
  ({ instanceId } = await scenario.addNode());
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(60);
  eniId = scenario.oursOn(instanceId)[0]?.eniId ?? '';
  before = tagsNow();
  scenario.ec2.wire.log.clear();
});

describe('An ENI whose tags somebody took off or changed', () => {
  it.each(
    [
      ...[...OWN, NO_MANAGE_TAG].map((tag) => [tag]),
      [TAGS.instance, TAGS.uid],
      [TAGS.name, TAGS.subnet, TAGS.createdAt],
      OWN,
    ].map((keys) => ({ keys })),
  )('gets them back, and is not doubled: without $keys', async ({ keys }) => {
    scenario.ec2.byHand.removeTags(eniId, keys);
    await scenario.pass(SWEEP_SECONDS);

    expect(extras()).toEqual([eniId]);
    expect(tagsNow()).toEqual(before);
    expect(scenario.mutating()).toEqual(['CreateTags']);
    expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
  });

  it.each([TAGS.uid, TAGS.name, TAGS.instance, TAGS.subnet, NO_MANAGE_TAG].map((key) => ({ key })))(
    'gets the right value again: $key',
    async ({ key }) => {
      scenario.ec2.byHand.setTags(eniId, { [key]: 'i-0fedcba9876543210' });
      await scenario.pass(SWEEP_SECONDS);

      expect(extras()).toEqual([eniId]);
      expect(tagsNow()).toEqual(before);
    },
  );

  it('goes although nothing else is left that tells of it (campaign, seed 162)', async () => {
    const { ec2, kubernetes } = scenario;
    ec2.byHand.removeTags(eniId, [TAGS.instance]);
    const body = { metadata: { finalizers: null } };
    await kubernetes.patch(NODE_ENIS, 'data', { type: 'merge', body });
    await scenario.deleteNodeEni('data');
    await kubernetes.delete(NODE_ENI_STATES, instanceId);
    await scenario.pass(6 * SWEEP_SECONDS);

    expect(extras()).toEqual([]);
  });

  it('stays where it is when its tag names another node of the cluster', async () => {
    const other = await scenario.addNode({ labels: {} });
    await scenario.pass(60);
    scenario.ec2.byHand.setTags(eniId, { [TAGS.instance]: other.instanceId });
    await scenario.pass(2 * SWEEP_SECONDS);

    expect(extras()).toEqual([eniId]);
    expect(tagsNow()).toEqual(before);
    expect(scenario.oursOn(instanceId)).toHaveLength(1);
  });

  it('is found by its place when its record is gone too', async () => {
    const { metadata } = (await scenario.states())[0] ?? {};
    scenario.ec2.byHand.removeTags(eniId, [TAGS.instance]);
    await scenario.kubernetes.delete(NODE_ENI_STATES, metadata?.name ?? '');
    await scenario.pass(2 * SWEEP_SECONDS);

    expect(extras()).toEqual([eniId]);
    expect(tagsNow()).toEqual(before);
  });

  it('is told of when IAM or a policy lets nobody put them back', async () => {
    const refused = { code: 'UnauthorizedOperation' };
    for (let tries = 0; tries < 20; tries += 1) scenario.ec2.wire.failNext('CreateTags', refused);
    scenario.ec2.byHand.removeTags(eniId, [NO_MANAGE_TAG]);
    await scenario.pass(SWEEP_SECONDS);

    expect(await scenario.ready('data')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(scenario.mutating().length).toBeLessThan(3);
  });

  it.each([
    { keys: [TAGS.cluster] },
    { keys: [TAGS.clusterUid] },
    { keys: [TAGS.cluster, TAGS.clusterUid, TAGS.instance] },
    { keys: [TAGS.cluster, TAGS.clusterUid, ...OWN] },
  ])(
    'is nobody’s to change without $keys: it holds its slot and waits for a person',
    async ({ keys }) => {
      scenario.ec2.byHand.removeTags(eniId, keys);
      await scenario.pass(3 * SWEEP_SECONDS);

      expect(extras()).toEqual([eniId]);
      expect(scenario.mutating()).toEqual([]);
      expect(await scenario.ready('data')).toMatchObject({
        status: 'False',
        reason: 'NeedsAdoption',
        message: expect.stringContaining(eniId),
      });
      expect((await scenario.status('data')).attachments).toHaveLength(1);
    },
  );

  it('is not let go of by its NodeENI, and is taken back by an adoption', async () => {
    scenario.ec2.byHand.removeTags(eniId, [TAGS.cluster]);
    await scenario.deleteNodeEni('data');
    await scenario.pass(2 * SWEEP_SECONDS);
    expect(await scenario.nodeEnis()).toEqual(['data']);
    expect(scenario.mutating()).toEqual([]);

    await scenario.installation.operator().adoption.adopt({ isDryRun: false });
    await scenario.pass(2 * SWEEP_SECONDS);

    expect(await scenario.nodeEnis()).toEqual([]);
    expect(extras()).toEqual([]);
  });
});
