import { describe, expect, it } from 'vitest';
import { abandonNodeEnis } from '#cli/release/abandon.ts';
import { allNodeEnis, chooseNodeEnis } from '#cli/release/choose.ts';
import { releaseNodeEnis } from '#cli/release/release.ts';
import { createReleaseTools } from '#cli/release/tools.ts';
import { runUninstall } from '#cli/uninstall/run.ts';
import { FINALIZER, TAGS } from '#core/apis/v1alpha1/names.ts';
import { NAMESPACES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

/** Two nodes and two NodeENIs, all ready, and the tools of a person beside the installation. */
const setUp = async () => {
  const scenario = createScenario();
  await scenario.addNode();
  await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.applyNodeEni('edge', { subnetID: scenario.subnets.a2, deviceIndex: 3 });
  await scenario.pass(120);
  const { clock, kubernetes, ec2 } = scenario;
  const tools = createReleaseTools({ clock, clusterName: 'prod', ec2: ec2.api, kubernetes });
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  return {
    ...scenario,
    tools,
    text: () => text,
    options: { timeoutSeconds: 600, isDryRun: false, write },
  };
};

/** Lets time pass while a command waits for what it does. */
const during = async <T>({ pass }: Scenario, command: Promise<T>, seconds: number): Promise<T> => {
  const done = command.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  await pass(seconds);
  return (await done)();
};

const lineOf = (eniId: string): RegExp => new RegExp(`^\\S+ +i-[0-9a-f]+ +${eniId} +\\S+`, 'm');

describe('nodeeni uninstall', () => {
  it('releases everything, tells how far it is, and says that it is done', async () => {
    const scenario = await setUp();
    const before = scenario.ours().length;

    const isGood = await during(scenario, runUninstall(scenario.tools, scenario.options), 300);

    expect({ isGood, before }).toEqual({ isGood: true, before: 4 });
    expect(scenario.ours()).toEqual([]);
    expect(await scenario.nodeEnis()).toEqual([]);
    expect(scenario.text()).toMatch(/^data: 2 interfaces left\nedge: 2 interfaces left\n/);
    expect(scenario.text()).toMatch(/^data: gone$/m);
    expect(scenario.text()).toMatch(/\nEverything is released: 2 NodeENIs\.\n$/);
  });

  it('says the same of nothing twice', async () => {
    const scenario = await setUp();

    await during(scenario, runUninstall(scenario.tools, scenario.options), 300);

    const lines = scenario.text().trim().split('\n');
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('tells what is left when the time is over because no installation runs', async () => {
    const scenario = await setUp();
    scenario.installation.kill();
    const options = { ...scenario.options, timeoutSeconds: 60 };

    const isGood = await during(scenario, runUninstall(scenario.tools, options), 120);

    expect(isGood).toBe(false);
    expect(scenario.text()).toContain('\nNot released within 60 s:\n');
    for (const { eniId } of scenario.ours()) expect(scenario.text()).toMatch(lineOf(eniId));
    expect(scenario.text()).toContain('Does the installation run?');
    expect(scenario.ours()).toHaveLength(4);
  });

  it('names whoever else holds a NodeENI', async () => {
    const scenario = await setUp();
    const { metadata } = await scenario.kubernetes.get(NODE_ENIS, 'data');
    const finalizers = [...(metadata.finalizers ?? []), 'example.com/audit'];
    const body = { metadata: { finalizers } };
    await scenario.kubernetes.patch(NODE_ENIS, 'data', { type: 'merge', body });
    const options = { ...scenario.options, timeoutSeconds: 120 };

    const isGood = await during(scenario, runUninstall(scenario.tools, options), 300);

    expect(isGood).toBe(false);
    expect(scenario.text()).toMatch(/^ {2}data: .*example\.com\/audit/m);
    expect(scenario.text()).not.toMatch(/^ {2}edge: /m);
    expect(scenario.ours()).toEqual([]);
  });

  it('tells of interfaces that no NodeENI stands behind', async () => {
    const scenario = await setUp();
    const { uid = '' } = (await scenario.kubernetes.get(NAMESPACES, 'kube-system')).metadata;
    const orphan = scenario.ec2.byHand.create({
      subnetId: scenario.subnets.a,
      tags: { [TAGS.cluster]: 'prod', [TAGS.clusterUid]: uid, [TAGS.instance]: 'i-0abc' },
    });

    const isGood = await during(scenario, runUninstall(scenario.tools, scenario.options), 100);

    expect(isGood).toBe(false);
    expect(scenario.text()).toContain('run "nodeeni gc"');
    expect(scenario.text()).toContain(orphan);
    expect(scenario.text()).not.toContain('Everything is released');
  });

  it('changes nothing in a dry run', async () => {
    const scenario = await setUp();
    const options = { ...scenario.options, isDryRun: true };

    const isGood = await runUninstall(scenario.tools, options);

    expect(isGood).toBe(true);
    expect(scenario.text()).toBe(
      'data would be deleted, and 2 interfaces released\nedge would be deleted, and 2 interfaces released\n',
    );
    expect(await scenario.nodeEnis()).toEqual(['data', 'edge']);
    expect((await scenario.kubernetes.get(NODE_ENIS, 'data')).metadata.deletionTimestamp).toBe(
      undefined,
    );
  });

  it('has nothing to do in a cluster without NodeENIs', async () => {
    const scenario = await setUp();
    await during(scenario, runUninstall(scenario.tools, scenario.options), 300);
    const first = scenario.text();

    await runUninstall(scenario.tools, scenario.options);

    expect(scenario.text().slice(first.length)).toBe(
      'There are no NodeENIs.\nEverything is released: 0 NodeENIs.\n',
    );
  });
});

describe('nodeeni release', () => {
  it('releases those that are named, and those only', async () => {
    const scenario = await setUp();
    const chosen = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data', 'data']);

    const isGood = await during(
      scenario,
      releaseNodeEnis(scenario.tools, chosen, scenario.options),
      300,
    );

    expect(isGood).toBe(true);
    expect(await scenario.nodeEnis()).toEqual(['edge']);
    expect(scenario.ours()).toHaveLength(2);
  });

  it('is not misled by a new NodeENI of the same name', async () => {
    const scenario = await setUp();
    const [first] = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data']);
    const released = releaseNodeEnis(scenario.tools, first ? [first] : [], scenario.options);
    do await scenario.pass(1);
    while ((await scenario.nodeEnis()).includes('data'));
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });

    const isGood = await during(scenario, released, 700);

    expect(isGood).toBe(true);
  });

  it('refuses a name that is not there before it deletes another', async () => {
    const scenario = await setUp();

    const choice = chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data', 'date']);

    await expect(choice).rejects.toThrow('There is no NodeENI "date".');
  });
});

describe('nodeeni release --abandon', () => {
  it('drops the finalizer though no installation runs, and tells what stays', async () => {
    const scenario = await setUp();
    scenario.installation.kill();
    const chosen = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data']);

    const isGood = await abandonNodeEnis(scenario.tools, chosen, scenario.options);

    expect(isGood).toBe(true);
    expect(await scenario.nodeEnis()).toEqual(['edge']);
    expect(scenario.text()).toMatch(/^data is abandoned\n\nThis stays in EC2/);
    const stays = scenario.ours().filter(({ tags }) => tags.get(TAGS.name) === 'data');
    expect(stays).toHaveLength(2);
    for (const { eniId } of stays) expect(scenario.text()).toMatch(lineOf(eniId));
  });

  it('leaves to a running installation what stays, which releases it', async () => {
    const scenario = await setUp();
    const chosen = await allNodeEnis(scenario.tools.stores.nodeEnis);

    await abandonNodeEnis(scenario.tools, chosen, scenario.options);
    await scenario.pass(900);

    expect(scenario.ours()).toEqual([]);
  });

  it('leaves the finalizers of others, and says who holds it', async () => {
    const scenario = await setUp();
    const finalizers = [FINALIZER, 'example.com/audit'];
    const body = { metadata: { finalizers } };
    await scenario.kubernetes.patch(NODE_ENIS, 'data', { type: 'merge', body });
    const chosen = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data', 'edge']);

    const isGood = await abandonNodeEnis(scenario.tools, chosen, scenario.options);

    expect(isGood).toBe(false);
    expect(scenario.text()).toMatch(/^data is held by example\.com\/audit\nedge is abandoned\n/);
    expect((await scenario.kubernetes.get(NODE_ENIS, 'data')).metadata.finalizers).toEqual([
      'example.com/audit',
    ]);
  });

  it('tells by the records what stays when EC2 does not answer', async () => {
    const scenario = await setUp();
    const chosen = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data']);
    scenario.ec2.wire.setUnreachable(true);

    const isGood = await abandonNodeEnis(scenario.tools, chosen, scenario.options);

    expect(isGood).toBe(true);
    expect(scenario.text()).toMatch(/^EC2 does not tell what stays of data, but the records do: /);
    const stays = scenario.ours().filter(({ tags }) => tags.get(TAGS.name) === 'data');
    for (const { eniId } of stays) expect(scenario.text()).toMatch(lineOf(eniId));
    expect(await scenario.nodeEnis()).toEqual(['edge']);
  });

  it('tries again when the installation writes the NodeENI at the same moment', async () => {
    const scenario = await setUp();
    const chosen = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data']);
    const { nodeEnis } = scenario.tools.stores;
    let races = 2;
    const raced = {
      ...nodeEnis,
      async list() {
        const list = await nodeEnis.list();
        races -= 1;
        const body = { metadata: { labels: { race: `${races}` } } };
        if (races >= 0) await scenario.kubernetes.patch(NODE_ENIS, 'data', { type: 'merge', body });
        return list;
      },
    };
    const tools = { ...scenario.tools, stores: { ...scenario.tools.stores, nodeEnis: raced } };

    const isGood = await abandonNodeEnis(tools, chosen, scenario.options);

    expect(isGood).toBe(true);
    expect(races).toBeLessThan(0);
    expect(await scenario.nodeEnis()).toEqual(['edge']);
  });

  it('changes nothing in a dry run', async () => {
    const scenario = await setUp();
    const chosen = await chooseNodeEnis(scenario.tools.stores.nodeEnis, ['data']);

    await abandonNodeEnis(scenario.tools, chosen, { ...scenario.options, isDryRun: true });

    expect(scenario.text()).toMatch(/^data would be abandoned\n\nThis stays in EC2/);
    expect(await scenario.nodeEnis()).toEqual(['data', 'edge']);
  });
});
