import { describe, expect, it } from 'vitest';
import { createMetrics } from '#cli/local/metrics.ts';

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
    metrics.gauge('nodeeni_messages_pending', 'Messages', () => pending);

    pending = 7;

    expect(await metrics.text()).toContain('nodeeni_messages_pending 7');
  });

  it('count the calls of an API by action and outcome and pass answers and errors on', async () => {
    const metrics = createMetrics();
    const refused = Object.assign(new Error('slow down'), { name: 'RequestLimitExceeded' });
    const api = metrics.counted('ec2', {
      describeSubnets: (id: string) => Promise.resolve(`found ${id}`),
      createNetworkInterface: () => Promise.reject(refused),
    });

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
