import { describe, expect, it } from 'vitest';
import { createMetrics, metricName } from '#cli/local/metrics.ts';
import { OWN_VERSION } from '#cli/version/command.ts';
import { COUNTERS, type CounterName } from '#core/counters.ts';

describe('The metrics of the local process', () => {
  it('count under the names Prometheus wants', async () => {
    const metrics = createMetrics();

    metrics.count('ReconcilesFailed');
    metrics.count('ReconcilesFailed', 2);
    metrics.count('EventsIgnored', 1, { reason: 'test' });

    const text = await metrics.text();
    expect(text).toContain('nodeeni_reconciles_failed_total 3');
    expect(text).toContain('nodeeni_events_ignored_total{reason="test"} 1');
  });

  it('show a gauge as it is when they are read', async () => {
    const metrics = createMetrics();
    let pending = 1;
    metrics.gauge('nodeeni_messages_pending', () => [[{}, pending]]);

    pending = 7;

    expect(await metrics.text()).toContain('nodeeni_messages_pending 7');
  });

  it('show no line of what is not so any more', async () => {
    const metrics = createMetrics();
    let reason = 'Attaching';
    metrics.gauge('nodeeni_interfaces', () => [[{ nodeeni: 'data', reason }, 2]]);
    await metrics.text();

    reason = 'Attached';

    const lines = (await metrics.text())
      .split('\n')
      .filter((line) => /^nodeeni_interfaces\{/.test(line));
    expect(lines).toEqual(['nodeeni_interfaces{nodeeni="data",reason="Attached"} 2']);
  });

  it('are there from the start, with 0 for each outcome that is known', async () => {
    const text = await createMetrics().text();

    for (const name of Object.keys(COUNTERS) as CounterName[])
      expect(text).toContain(metricName(name));
    expect(text).toContain('nodeeni_reconciles_failed_total 0');
    expect(text).toContain('nodeeni_events_ignored_total{reason="malformed"} 0');
    expect(text).toContain(`nodeeni_build_info{version="${OWN_VERSION}"} 1`);
  });

  it('count the calls of an API by action and outcome and pass answers and errors on', async () => {
    const metrics = createMetrics();
    const refused = Object.assign(new Error('slow down'), { name: 'RequestLimitExceeded' });
    const api = metrics.counted('ec2', {
      describeSubnets: (id: string) => Promise.resolve(`found ${id}`),
      createNetworkInterface: () => Promise.reject(refused),
    });

    expect(await metrics.text()).toContain('action="describeSubnets",outcome="done"} 0');
    const answer = await api.describeSubnets('subnet-1');
    const failure = await api.createNetworkInterface().catch((error: unknown) => error);

    expect(answer).toBe('found subnet-1');
    expect(failure).toBe(refused);
    const text = await metrics.text();
    expect(text).toContain(
      'nodeeni_aws_calls_total{service="ec2",action="describeSubnets",outcome="done"} 1',
    );
    expect(text).toContain('action="createNetworkInterface",outcome="RequestLimitExceeded"} 1');
  });
});
