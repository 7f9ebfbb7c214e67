import { describe, expect, it } from 'vitest';
import { NAMESPACES, NETWORK_ATTACHMENTS } from '#providers/kubernetes/resources.ts';
import { explain, explainAll, explainOne } from '#test/support/explain.ts';
import { createNetworkHosts } from '#test/support/network-host.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

const RESOURCE = 'nodeeni.networking.k8s.aws/lan';
const LINE =
  'Multus reads /etc/cni/net.d, not /etc/cni/multus/net.d: write "confDir": "/hostroot/etc/cni/multus/net.d" into its ConfigMap.';
const ELSEWHERE = { state: 'NotReady', reason: 'MultusReadsElsewhere', message: LINE } as const;

const applyNetwork = (scenario: Scenario, name: string) =>
  scenario.applyNodeEni(name, {
    subnetID: scenario.subnets.a,
    ipv4PrefixCount: 1,
    podNetwork: { name: 'lan', namespaces: ['core'], resourceName: RESOURCE },
  });

const withNetwork = async (before?: (scenario: Scenario) => Promise<unknown>) => {
  const scenario = createScenario();
  const node = await scenario.addNode();
  const hosts = createNetworkHosts(scenario);
  await scenario.kubernetes.create(NAMESPACES, { metadata: { name: 'core' } });
  await before?.(scenario);
  await applyNetwork(scenario, 'data');
  await scenario.pass(60);
  return { scenario, node, hosts, slot: `data/${scenario.subnets.a}` };
};

describe('nodeeni explain, of a network for pods', () => {
  it('says that Multus reads another folder, the line that mends it, and that the node offers nothing', async () => {
    const { scenario, node, hosts, slot } = await withNetwork();
    await hosts.report(ELSEWHERE);
    await scenario.pass(600);

    const { networks, waits, stretches, moments } = await explainOne(scenario, node.name);

    expect(moments.map(({ by, what }) => `${by}: ${what}`)).toContain(
      'host: its report was taken up, configured, its network MultusReadsElsewhere',
    );
    expect(networks).toEqual([
      {
        ...{ slot, name: 'lan', type: 'ipvlan', resourceName: RESOURCE, isReady: false },
        ...{ reason: 'MultusReadsElsewhere', message: LINE },
        ...{ addresses: 16, addressesInUse: 0, offered: 0 },
      },
    ]);
    expect(waits).toMatchObject([
      {
        ...{ slot, reason: 'MultusReadsElsewhere', message: LINE },
        cutShortBy: expect.stringContaining('restarting the pods of Multus'),
      },
    ]);
    expect(Date.parse(waits[0]?.since ?? '')).toBeLessThan(
      scenario.clock.now().getTime() - 500_000,
    );
    const last = stretches.at(-1);
    expect(last).toMatchObject({ until: 'ready' });
    expect(last?.to).toBeUndefined();
    expect(last?.seconds).toBeGreaterThan(500);
  });

  it('says it in text', async () => {
    const { scenario, hosts, slot } = await withNetwork();
    await hosts.report(ELSEWHERE);
    await scenario.pass(60);

    const text = await explain(scenario, 'data', 'text');

    expect(text).toMatch(
      /Networks for pods:\n {2}NETWORK +TYPE +ADDRESSES +IN USE +OFFERED +STATE\n/,
    );
    expect(text).toMatch(/\n {2}lan +ipvlan +16 +0 +0 +MultusReadsElsewhere\n/);
    expect(text).toContain(`  ${slot}: MultusReadsElsewhere: ${LINE}\n    since `);
    expect(text).toContain('    sooner by: writing that line, and restarting the pods of Multus\n');
  });

  it('marks the bar that lasts with the reason in the picture, and tells the line in it', async () => {
    const { scenario, hosts } = await withNetwork();
    await hosts.report(ELSEWHERE);
    await scenario.pass(60);

    const svg = await explain(scenario, 'data', 'svg');

    expect(svg.match(/<rect [^>]*fill="#0a7" fill-opacity="0.5"/g)).toHaveLength(1);
    expect(svg).toContain('>MultusReadsElsewhere<title>Multus reads /etc/cni/net.d, not');
  });

  it('waits for the agent while none has reported, as nobody else makes the network', async () => {
    const { scenario, node } = await withNetwork();

    const { networks, waits } = await explainOne(scenario, node.name);

    expect(networks).toMatchObject([{ isReady: false, reason: 'WaitingForHost', offered: 0 }]);
    expect(waits).toMatchObject([{ reason: 'WaitingForHost' }]);
  });

  it('says until when at the latest an interface that is to go waits for a host that is silent', async () => {
    const { scenario, hosts } = await withNetwork();
    await hosts.report();
    await scenario.pass(60);
    await scenario.deleteNodeEni('data');
    await scenario.pass(10);

    const { waits } = await explainOne(scenario, 'data');

    expect(waits).toMatchObject([{ reason: 'WaitingForHost', since: expect.any(String) }]);
    const { since = '', until = '' } = waits[0] ?? {};
    expect(Date.parse(until) - Date.parse(since)).toBe(60_000);
  });

  it('gives the wait for the host to the last stretch once it is over, and waits for nothing', async () => {
    const { scenario, node, hosts } = await withNetwork();
    await hosts.report(ELSEWHERE);
    await scenario.pass(600);
    await hosts.report();
    await scenario.pass(60);

    const { networks, waits, stretches } = await explainOne(scenario, node.name);

    expect(networks).toMatchObject([{ isReady: true, reason: 'Ready', offered: 16 }]);
    expect(waits).toEqual([]);
    const last = stretches.at(-1);
    expect(last?.to).toBeDefined();
    expect(last?.seconds).toBeGreaterThanOrEqual(650);
    expect(last?.seconds).toBeLessThan(680);
  });

  it('says that the definition of the network is of somebody else, which stands in no row', async () => {
    const { scenario, node, hosts } = await withNetwork(({ kubernetes }) =>
      kubernetes.create(NETWORK_ATTACHMENTS, {
        metadata: { name: 'lan', namespace: 'core' },
        spec: { config: '{}' },
      }),
    );
    await hosts.report();
    await scenario.pass(60);

    const { waits } = await explainOne(scenario, node.name);
    await scenario.addNode();
    await scenario.pass(60);
    await hosts.report();
    await scenario.pass(60);
    const all = await explainAll(scenario, 'data');
    const text = await explain(scenario, 'data', 'text');
    const svg = await explain(scenario, 'data', 'svg');

    expect(waits).toMatchObject([
      { nodeEni: 'data', reason: 'NameTaken', since: expect.any(String) },
    ]);
    expect(all).toHaveLength(2);
    expect(text).toContain('  data: NameTaken: core has a NetworkAttachmentDefinition lan');
    expect(svg.match(/>data: NameTaken</g)).toHaveLength(1);
  });

  it('tells when pods needed one more prefix', async () => {
    const { scenario, node, hosts } = await withNetwork();
    await hosts.report({ addressesInUse: 15 });
    await scenario.pass(60);

    const { moments } = await explainOne(scenario, node.name);

    expect(moments.map(({ what }) => what)).toContain(
      'pods needed more addresses: one prefix beside 1 was asked for',
    );
  });
});
