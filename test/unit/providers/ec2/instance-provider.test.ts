import { describe, expect, it } from 'vitest';
import { createInstanceProvider } from '#providers/ec2/instance-provider.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { scriptedCall } from '../scripted-call.ts';

const OURS = { 'kubernetes.io/cluster/prod': 'owned' };

const setUp = () => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock, shuttingDownSeconds: 30 });
  const vpcId = ec2.fleet.createVpc();
  const subnetId = ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.0.0.0/16' });
  const provider = createInstanceProvider({ ec2: ec2.api, clusterName: 'prod' });
  const run = (tags: Readonly<Record<string, string>> = OURS) =>
    ec2.fleet.runInstance({ subnetId, tags }).instanceId;
  return { clock, ec2, provider, run, calls: () => ec2.wire.log.calls };
};

describe('createInstanceProvider', () => {
  it('gets instances by id, whatever their cluster and state, without those EC2 does not know', async () => {
    const { clock, ec2, provider, run } = setUp();
    const [foreign, ended] = [run({}), run()];
    ec2.fleet.terminateInstance(ended);
    await clock.advanceBy(30_000);

    const found = await provider.get([foreign, 'i-unknown', ended]);

    expect([...found].map(([id, { state }]) => [id, state])).toEqual([
      [foreign, 'running'],
      [ended, 'terminated'],
    ]);
  });

  it('asks for 200 ids a call', async () => {
    const { provider, run, calls } = setUp();
    const ids = Array.from({ length: 201 }, () => run());

    const found = await provider.get(ids);

    expect([...found.keys()]).toEqual(ids);
    expect(calls().map(({ input }) => input)).toEqual([
      { Filters: [{ Name: 'instance-id', Values: ids.slice(0, 200) }], MaxResults: 1000 },
      { Filters: [{ Name: 'instance-id', Values: ids.slice(200) }], MaxResults: 1000 },
    ]);
  });

  it('makes no call for no ids', async () => {
    const { provider, calls } = setUp();

    expect((await provider.get([])).size).toBe(0);
    expect(calls()).toEqual([]);
  });

  it("lists the cluster's instances that are not terminated", async () => {
    const { clock, ec2, provider, run } = setUp();
    const [running, stopped, ended, leaving] = [run(), run(), run(), run()];
    run({ 'kubernetes.io/cluster/other': 'owned' });
    ec2.fleet.stopInstance(stopped);
    ec2.fleet.terminateInstance(ended);
    await clock.advanceBy(30_000);
    ec2.fleet.terminateInstance(leaving);

    const found = await provider.list();

    expect(found.map(({ instanceId, state }) => [instanceId, state])).toEqual([
      [running, 'running'],
      [stopped, 'stopped'],
      [leaving, 'shutting-down'],
    ]);
  });

  it('lists a fleet larger than a page', async () => {
    const { provider, run, calls } = setUp();
    const ids = Array.from({ length: 1001 }, () => run());

    const found = await provider.list();

    expect(found.map(({ instanceId }) => instanceId)).toEqual(ids);
    expect(calls()).toHaveLength(2);
  });

  it('takes instances out of every reservation, and none from an answer that names none', async () => {
    const { ec2 } = setUp();
    const { call } = scriptedCall(
      {
        Reservations: [
          { Instances: [{ InstanceId: 'i-1' }, { InstanceId: 'i-2' }] },
          {},
          { Instances: [{ InstanceId: 'i-3' }] },
        ],
        NextToken: 'more',
        $metadata: {},
      },
      { $metadata: {} },
    );

    const provider = createInstanceProvider({
      ec2: { ...ec2.api, describeInstances: call },
      clusterName: 'prod',
    });

    expect((await provider.list()).map(({ instanceId }) => instanceId)).toEqual([
      'i-1',
      'i-2',
      'i-3',
    ]);
  });

  it('tells a classified failure', async () => {
    const { ec2, provider } = setUp();
    ec2.wire.failNext('DescribeInstances', { code: 'RequestLimitExceeded', message: 'not now' });

    await expect(provider.list()).rejects.toMatchObject({
      failure: 'Throttled',
      message: 'DescribeInstances: RequestLimitExceeded: not now',
    });
  });
});
