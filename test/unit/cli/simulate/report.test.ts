import { describe, expect, it } from 'vitest';
import { formatReport } from '#cli/simulate/report.ts';
import { summarize } from '#cli/simulate/summary.ts';
import { FLEET, launchOf } from './builders.ts';

const reportOf = (launch = launchOf(), fleet = FLEET): string =>
  formatReport(summarize(fleet, launch), 'CHART');

describe('The report', () => {
  it('tells the time, the bound and their ratio', () => {
    const report = reportOf();

    expect(report).toMatch(/^time to converge +40 s$/m);
    expect(report).toMatch(/^least the budget allows +24 s$/m);
    expect(report).toMatch(/^ratio +1\.667$/m);
    expect(report).toMatch(/^last launch hook completed +41 s$/m);
  });

  it('has no ratio to a bound of nothing', () => {
    const report = reportOf(launchOf({ leastSeconds: 0 }));

    expect(report).toContain('0 s: one burst is enough');
    expect(report).not.toMatch(/^ratio/m);
  });

  it('tells the peak of an action beside its budget and EC2’s bucket', () => {
    const at = new Date(0);
    const calls = [1, 2, 3].map(() => ({ action: 'AttachNetworkInterface', at, input: {} }));

    const report = reportOf(launchOf({ calls }));

    expect(report).toMatch(/^AttachNetworkInterface +3 +0 +3 +42\.5 +55$/m);
  });

  it('says what a launch hook needs and with what margin', () => {
    const report = reportOf();

    expect(report).toContain('HeartbeatTimeout 60 s, and "deadlineSeconds": 120');
    expect(report).toContain('2 times what was seen');
    expect(report).toContain('was 18 s');
  });

  it('says so when no hook can wait that long', () => {
    expect(reportOf(launchOf({ longestSilenceSeconds: 5000 }))).toContain('Launch fewer at once.');
  });

  it('says so when the fleet did not converge', () => {
    const { seconds: _, inServiceSeconds: __, ...rest } = launchOf();
    const launch = { ...rest, seconds: undefined, inServiceSeconds: undefined };

    const report = reportOf(launch);

    expect(summarize(FLEET, launch).hasConverged).toBe(false);
    expect(report).toMatch(/^time to converge +did not converge$/m);
    expect(report).toContain('the launch did not end');
  });

  it('calls the cost an estimate and names the pages of the prices', () => {
    const report = reportOf();

    expect(report).toMatch(/^cost of it, estimated +\$0\.000\d+$/m);
    for (const page of ['AWS Lambda Pricing', 'Amazon SQS pricing', 'Amazon EventBridge pricing'])
      expect(report).toContain(page);
  });

  it('warns of the quota of interfaces only where it is passed', () => {
    const large = reportOf(launchOf({ wanted: 4001 }), { ...FLEET, nodes: 1000 });
    const small = reportOf(launchOf({ wanted: 4000 }), { ...FLEET, nodes: 1000 });

    expect(large).toContain('Needs 5,001 network interfaces');
    expect(small).not.toContain('quota');
  });

  it('says what a bucket of one’s own means', () => {
    const buckets = { CreateNetworkInterface: { size: 300, refillPerSecond: 15 } };

    expect(reportOf(launchOf(), { ...FLEET, buckets })).toContain('does not make it faster');
    expect(reportOf()).not.toContain('does not make it faster');
  });
});
