import { describe, expect, it } from 'vitest';
import { createMetrics } from '#node-agent/metrics.ts';

const linesOf = async (metrics: ReturnType<typeof createMetrics>) =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith('nodeeni_'));

describe('createMetrics', () => {
  it('counts reconciles, and steps by type and outcome', async () => {
    const metrics = createMetrics();
    metrics.reconciled('done');
    metrics.reconciled('done');
    metrics.reconciled('failed');
    metrics.acted([
      { action: { type: 'set-up', link: 'ens6' } },
      { action: { type: 'set-mtu', link: 'ens6', mtuBytes: 9001 }, error: new Error('refused') },
    ]);

    const lines = await linesOf(metrics);

    expect(lines).toEqual(
      expect.arrayContaining([
        'nodeeni_agent_reconciles_total{outcome="done"} 2',
        'nodeeni_agent_reconciles_total{outcome="failed"} 1',
        'nodeeni_agent_actions_total{type="set-up",outcome="done"} 1',
        'nodeeni_agent_actions_total{type="set-mtu",outcome="failed"} 1',
      ]),
    );
  });

  it('has each counter from the start, and tells its version', async () => {
    const lines = await linesOf(createMetrics());

    expect(lines).toEqual(
      expect.arrayContaining([
        'nodeeni_agent_reconciles_total{outcome="failed"} 0',
        'nodeeni_agent_actions_total{type="bind",outcome="failed"} 0',
        expect.stringMatching(/^nodeeni_agent_build_info\{version="\d+\.\d+\.\d+"\} 1$/),
      ]),
    );
  });

  it('shows the findings of now, and none that are cured', async () => {
    const metrics = createMetrics();
    const host = { eniId: 'eni-06', generation: 1 };
    metrics.showed({ a: { ...host, reason: 'InUse' }, b: { ...host, reason: 'LinkMissing' } });

    metrics.showed({ a: { ...host, reason: 'InUse' }, b: { ...host, reason: 'InUse' }, c: host });

    const lines = (await linesOf(metrics)).filter((line) => line.includes('findings'));
    expect(lines).toEqual(['nodeeni_agent_findings{reason="InUse"} 2']);
  });

  it('shows what the drivers of links count now, each with its NodeENI, its node and its link', async () => {
    const links = [
      { nodeEni: 'data', link: 'ens6', counters: { pps_allowance_exceeded: 3 } },
      { nodeEni: 'voice', link: 'net1', counters: { conntrack_allowance_available: 135_763 } },
    ];
    const metrics = createMetrics({
      names: ['pps_allowance_exceeded', 'conntrack_allowance_available'],
      read: async () => links,
      nodeName: () => 'node-1',
    });
    await metrics.text();

    const lines = (await linesOf(metrics)).filter((line) => line.includes('_link_'));

    expect(lines).toEqual([
      'nodeeni_agent_link_pps_allowance_exceeded_total{nodeeni="data",node="node-1",link="ens6"} 3',
      'nodeeni_agent_link_conntrack_allowance_available{nodeeni="voice",node="node-1",link="net1"} 135763',
    ]);
  });

  it('has no line of a link that is gone', async () => {
    let links = [{ nodeEni: 'data', link: 'ens6', counters: { pps_allowance_exceeded: 3 } }];
    const metrics = createMetrics({
      names: ['pps_allowance_exceeded'],
      read: async () => links,
      nodeName: () => 'node-1',
    });
    await metrics.text();
    links = [];

    const lines = (await linesOf(metrics)).filter((line) => line.includes('ens6'));

    expect(lines).toEqual([]);
  });

  it('sorts the times into buckets', async () => {
    const metrics = createMetrics();
    metrics.settled(0.04);
    metrics.settled(3);

    const lines = await linesOf(metrics);

    expect(lines).toEqual(
      expect.arrayContaining([
        'nodeeni_agent_settle_seconds_bucket{le="0.02"} 0',
        'nodeeni_agent_settle_seconds_bucket{le="0.05"} 1',
        'nodeeni_agent_settle_seconds_bucket{le="5"} 2',
        'nodeeni_agent_settle_seconds_count 2',
      ]),
    );
  });

  it('shows the memory and the time of the process as often as it is asked', async () => {
    const metrics = createMetrics();
    await metrics.text();

    const text = await metrics.text();

    const memory = Number(/^process_resident_memory_bytes (.*)$/m.exec(text)?.[1]);
    const cpuSeconds = Number(/^process_cpu_seconds_total (.*)$/m.exec(text)?.[1]);
    expect(memory).toBeGreaterThan(1_000_000);
    expect(cpuSeconds).toBeGreaterThan(0);
    expect(cpuSeconds).toBeLessThanOrEqual(
      process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    );
  });
});
