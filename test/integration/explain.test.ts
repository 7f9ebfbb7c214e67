import { describe, expect, it } from 'vitest';
import type { Fault } from '#simulator/faults.ts';
import { explain, explainAll, explainOne } from '#test/support/explain.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type ScenarioOptions } from '#test/support/scenario.ts';

const refusing = (refuse: (action: string) => Fault | undefined): ScenarioOptions => ({
  ec2: { onCall: (action) => refuse(action) },
});

const withNode = async (options: ScenarioOptions = {}) => {
  const scenario = createScenario(options);
  const node = await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(60);
  return { scenario, node, slot: `data/${scenario.subnets.a}` };
};

describe('nodeeni explain', () => {
  it('tells a launch from EC2, Kubernetes and its own records, in order, and waits for nothing', async () => {
    const { scenario, node, slot } = await withNode();

    const { moments, stretches, waits } = await explainOne(scenario, node.name);

    const told = moments.map(({ by, what }) => `${by}: ${what}`);
    expect(told[0]).toMatch(/^EC2: launched as m5\.4xlarge in us-east-1a$/);
    expect(told).toContain(`Kubernetes: node ${node.name} registered`);
    expect(told.some((line) => /^EC2: eni-\w+ was attached at index 2$/.test(line))).toBe(true);
    expect(moments.map(({ at }) => Date.parse(at))).toEqual(
      moments.map(({ at }) => Date.parse(at)).toSorted((left, right) => left - right),
    );
    expect(stretches.map((each) => [each.slot, each.until, each.to !== undefined])).toEqual([
      [slot, 'decision', true],
      [slot, 'attachment', true],
      [slot, 'ready', true],
    ]);
    expect(waits).toEqual([]);
  });

  it('gives each second between launch and ready to one stretch', async () => {
    const { scenario, node } = await withNode();

    const { moments, stretches } = await explainOne(scenario, node.instanceId);

    const launch = Date.parse(moments[0]?.at ?? '');
    const ready = Date.parse(stretches.at(-1)?.to ?? '');
    const sum = stretches.reduce((total, { seconds }) => total + seconds, 0);
    expect(Math.abs(sum - (ready - launch) / 1000)).toBeLessThanOrEqual(1);
  });

  it('says for what a hook waits, until when at the latest, and what comes then', async () => {
    const scenario = createScenario(
      refusing((action) =>
        action === 'AttachNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
      ),
    );
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    const hooks = [launchHook({ deadlineSeconds: 600 })];
    scenario.autoScaling.createGroup(workersGroup(scenario, { hooks }));
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(120);
    const [instanceId = ''] = scenario.autoScaling.states('workers').keys();

    const { lifecycleState, waits, moments } = await explainOne(scenario, instanceId);

    const launch = Date.parse(moments.find(({ what }) => what.startsWith('launched'))?.at ?? '');
    expect(lifecycleState).toBe('Pending:Wait');
    expect(waits[0]).toMatchObject({
      reason: 'Pending:Wait',
      message: expect.stringContaining('completed with ABANDON'),
      until: new Date(launch + 600_000).toISOString(),
    });
    expect(waits[1]).toMatchObject({
      reason: 'AccessDenied',
      cutShortBy: expect.stringContaining('IAM'),
    });
    expect(await explain(scenario, instanceId, 'text')).toMatch(
      /Waited for now:\n {2}Pending:Wait: Hook nodeeni-launch of workers .*\n {4}since \S+ \(.*\), until \S+ at the latest \(in \d+ min\)\n/,
    );
    const svg = await explain(scenario, instanceId, 'svg');
    expect(svg).toContain(`>${instanceId}: Pending:Wait, until ${waits[0]?.until} at the latest<`);
    expect(svg).toContain('>AccessDenied<title>');
  });

  it('waits for no hook of another cluster that has our name', async () => {
    const scenario = createScenario();
    const hooks = [launchHook({ clusterUid: 'another' })];
    scenario.autoScaling.createGroup(workersGroup(scenario, { hooks }));
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);
    const [instanceId = ''] = scenario.autoScaling.states('workers').keys();

    const { lifecycleState, waits } = await explainOne(scenario, instanceId);

    expect(lifecycleState).toBe('Pending:Wait');
    expect(waits).toEqual([]);
  });

  it('asks EC2 for all instances of a NodeENI at once', async () => {
    const { scenario } = await withNode();
    await scenario.addNode();
    await scenario.addNode();
    await scenario.pass(60);
    scenario.ec2.wire.log.clear();

    const all = await explainAll(scenario, 'data');

    expect(all.map(({ stretches }) => stretches.length)).toEqual([3, 3, 3]);
    expect(scenario.ec2.wire.log.calls).toHaveLength(2);
  });

  it('says when a refused call is tried again', async () => {
    const { scenario, node, slot } = await withNode(
      refusing((action) =>
        action === 'CreateNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
      ),
    );

    const { waits, stretches } = await explainOne(scenario, node.name);

    expect(waits).toMatchObject([{ slot, reason: 'AccessDenied' }]);
    expect(Date.parse(waits[0]?.until ?? '')).toBeGreaterThan(scenario.clock.now().getTime());
    expect(stretches.at(-1)?.to).toBeUndefined();
  });

  it('says why a deletion is stuck, since when, and until the next try', async () => {
    let isDenied = false;
    const { scenario } = await withNode(
      refusing((action) =>
        isDenied && action === 'DetachNetworkInterface'
          ? { code: 'UnauthorizedOperation' }
          : undefined,
      ),
    );
    isDenied = true;
    await scenario.deleteNodeEni('data');
    await scenario.pass(180);

    const { waits, moments } = await explainOne(scenario, 'data');
    const text = await explain(scenario, 'data', 'text');
    const svg = await explain(scenario, 'data', 'svg');

    expect(waits).toMatchObject([{ reason: 'AccessDenied', since: expect.any(String) }]);
    const told = moments.map(({ what }) => what);
    expect(told.indexOf('the deletion of its NodeENI was asked for')).toBeLessThan(
      told.indexOf('its release began'),
    );
    expect(told).toContain('the deletion of its NodeENI was asked for');
    expect(svg.match(/>AccessDenied<title>/g)).toHaveLength(1);
    expect(text).toMatch(
      /Waited for now:\n.*AccessDenied: .*\n {4}since .*, until .* at the latest \(in \d+ (s|min)\)\n {4}sooner by: /,
    );
  });

  it('says of a throttled fleet what it waits for, and until when at the latest', async () => {
    const scenario = createScenario({
      ec2: { hasRequestBuckets: true },
      installation: { budget: { share: 0.05, burstShare: 0.05 } },
    });
    const nodes: string[] = [];
    for (let count = 0; count < 40; count += 1) nodes.push((await scenario.addNode()).instanceId);
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(40);

    const all = await explainAll(scenario, 'data');
    const waits = all.flatMap((each) => each.waits).filter(({ reason }) => reason === 'Throttled');
    const text = await explain(scenario, 'data', 'text');

    expect(nodes.length).toBeGreaterThan(waits.length);
    expect(waits.length).toBeGreaterThan(5);
    for (const { since, until = '', cutShortBy } of waits) {
      expect(since).toBeDefined();
      expect(Date.parse(until)).toBeGreaterThan(scenario.clock.now().getTime());
      expect(cutShortBy).toContain('budget.share');
    }
    expect(text).toMatch(/Throttled: [\s\S]*until \S+ at the latest/);
    const svg = await explain(scenario, 'data', 'svg');
    expect(svg.match(/>Throttled<title>/g)).toHaveLength(waits.length);
  });

  it('draws a bar for each interface, and marks what still lasts', async () => {
    const { scenario } = await withNode(
      refusing((action) =>
        action === 'AttachNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
      ),
    );

    const svg = await explain(scenario, 'data', 'svg');

    expect(svg).toMatch(/^<svg xmlns/);
    expect(svg.match(/<rect [^>]*fill="#e90" fill-opacity="0.5"/g)).toHaveLength(1);
  });

  it('keeps to the interfaces of the NodeENI that was asked for', async () => {
    const { scenario, node } = await withNode();
    await scenario.applyNodeEni('other', { subnetID: scenario.subnets.a2 });
    await scenario.pass(60);

    const { stretches, moments } = await explainOne(scenario, 'other');
    const all = await explainOne(scenario, node.name);

    expect(new Set(stretches.map(({ slot }) => slot))).toEqual(
      new Set([`other/${scenario.subnets.a2}`]),
    );
    const events = moments.filter(({ by }) => by === 'Event').map(({ nodeEni }) => nodeEni);
    expect(new Set(events)).toEqual(new Set(['other']));
    expect(all.moments.map(({ nodeEni }) => nodeEni)).toContain('data');
    expect(new Set(all.stretches.map(({ slot }) => slot)).size).toBe(2);
  });

  it('says of a NodeENI without instances what it waits for, since when, and what ends it', async () => {
    const { scenario } = await withNode();
    await scenario.applyNodeEni('lonely', {
      subnetID: scenario.subnets.a,
      nodeSelector: { ng: 'nobody' },
    });
    await scenario.pass(60);

    const told = JSON.parse(await explain(scenario, 'lonely', 'json'));
    const text = await explain(scenario, 'lonely', 'text');
    const svg = await explain(scenario, 'lonely', 'svg');

    expect(told).toMatchObject([
      {
        nodeEni: 'lonely',
        waits: [{ reason: 'NoMatchingNodes', since: expect.any(String) }],
      },
    ]);
    expect(text).toMatch(
      /^No instance has interfaces here\.\n\nNodeENI lonely\n {2}\S+ .* created\n[\s\S]*NoMatchingNodes: .*ng=nobody/,
    );
    expect(svg).toContain('>lonely: NoMatchingNodes<');
  });

  it('tells of the NodeENI only what its instances do not', async () => {
    const { scenario } = await withNode(
      refusing((action) =>
        action === 'AttachNetworkInterface' ? { code: 'UnauthorizedOperation' } : undefined,
      ),
    );

    const all = await explainAll(scenario, 'data');

    expect(all).toHaveLength(1);
    expect(all[0]?.waits.map(({ reason }) => reason)).toEqual(['AccessDenied']);
  });

  it('changes nothing', async () => {
    const { scenario, node } = await withNode();
    const before = scenario.mutating().length;

    await explain(scenario, node.name, 'text');

    expect(scenario.mutating()).toHaveLength(before);
  });

  it.each(['nobody', 'i-0123456789abcdef0'])('says that it does not know "%s"', async (name) => {
    const { scenario } = await withNode();

    await expect(explain(scenario, name, 'text')).rejects.toThrow(name);
  });
});
