import { describe, expect, it } from 'vitest';
import { measureFleet } from '#test/bench/fleet-use.ts';
import { tapLogs } from '#test/bench/log-tap.ts';

describe('What a settled fleet makes the functions do', () => {
  it('is the sweeps of an hour at rest, and a handful of invocations for a launch and an end', async () => {
    const { hourAtRest, launch, end } = await measureFleet(3);

    expect([...hourAtRest.functions].map(([name, { invocations }]) => [name, invocations])).toEqual(
      [['sweep', 12]],
    );
    expect(hourAtRest.queueRequests).toEqual({ fifo: 0, standard: 0 });
    expect(launch.functions.has('on-asg-lifecycle')).toBe(true);
    expect([launch, end].map(({ customEvents }) => customEvents)).toEqual([1, 1]);
    expect([launch, end].every(({ functions }) => !functions.has('sweep'))).toBe(true);
    expect(launch.metrics).toContain('Reconciles service=nodeeni cluster=simulated');
    expect(launch.logBytes).toBeGreaterThan(end.logBytes);
  });
});

describe('The tap of logs', () => {
  it('counts bytes and tells metrics apart by their dimensions', async () => {
    const metric = (name: string, reason: string): string =>
      JSON.stringify({
        _aws: { CloudWatchMetrics: [{ Dimensions: [['reason']], Metrics: [{ Name: name }] }] },
        reason,
      });

    const { bytes, metrics } = await tapLogs(async () => {
      process.stdout.write(`${metric('Lost', 'a')}\n${metric('Lost', 'b')}\n`);
      process.stderr.write('{"message":"ä"}\n');
      process.stdout.write(`${metric('Lost', 'a')}\n`);
    });

    expect([...metrics]).toEqual(['Lost reason=a', 'Lost reason=b']);
    expect(bytes).toBe(3 * (metric('Lost', 'a').length + 1) + 17);
  });

  it('gives the streams back when the run fails', async () => {
    const { write } = process.stdout;

    await expect(tapLogs(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(process.stdout.write).toBe(write);
  });
});
