import { describe, expect, it } from 'vitest';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import { scriptedCall } from '../scripted-call.ts';
import { OUR_HOOK, setUp } from './scaling-setting.ts';

describe('getInstances', () => {
  it('asks for 50 ids a call and leaves out who is in no group', async () => {
    const { provider, ids, autoScaling } = await setUp(101);

    const found = await provider.getInstances([...ids, 'i-alone']);

    expect([...found.keys()]).toEqual(ids);
    expect(found.get(ids[0] ?? '')).toEqual({
      instanceId: ids[0],
      groupName: 'workers',
      lifecycleState: 'Pending:Wait',
    });
    expect(autoScaling.wire.log.calls.map(({ input }) => input)).toEqual([
      { InstanceIds: ids.slice(0, 50) },
      { InstanceIds: ids.slice(50, 100) },
      { InstanceIds: [ids[100], 'i-alone'] },
    ]);
  });

  it('makes no call for no ids', async () => {
    const { provider, calls } = await setUp();

    expect((await provider.getInstances([])).size).toBe(0);
    expect(calls()).toEqual([]);
  });

  it('sees at once who waits no more', async () => {
    const { clock, provider, first } = await setUp();
    await provider.getInstances([first]);

    await provider.complete(OUR_HOOK, first, 'CONTINUE', { why: 'a test asks for it' });
    await clock.advanceBy(1_000);

    const found = await provider.getInstances([first]);
    expect(found.get(first)?.lifecycleState).toBe('InService');
  });

  it('finds nothing in an answer that names no instances', async () => {
    const { call } = scriptedCall({ $metadata: {} });
    const { provider } = await setUp(1, { describeAutoScalingInstances: call });

    expect((await provider.getInstances(['i-1'])).size).toBe(0);
  });
});

describe('getGroups', () => {
  it('reads groups with their tags and instances anew each time, in every page', async () => {
    const { autoScaling, provider, first, calls } = await setUp();
    const others = Array.from({ length: 100 }, (_, index) => `group-${index}`);
    for (const name of others) autoScaling.createGroup({ name, subnetIds: [] });

    const groups = await provider.getGroups(['workers', 'gone', ...others]);

    expect(groups.map(({ groupName }) => groupName)).toEqual(['workers', ...others]);
    expect(groups[0]).toEqual({
      groupName: 'workers',
      tags: { team: 'net' },
      instances: [{ instanceId: first, groupName: 'workers', lifecycleState: 'Pending:Wait' }],
    });
    expect(calls()).toHaveLength(2);
  });

  it('asks for 100 names a call, since a call with more is refused', async () => {
    const { autoScaling, provider } = await setUp();
    const names = Array.from({ length: 250 }, (_, index) => `group-${index}`);

    await provider.getGroups(names);

    expect(autoScaling.wire.log.calls.map(({ input }) => input)).toMatchObject([
      { AutoScalingGroupNames: names.slice(0, 100), MaxRecords: 100 },
      { AutoScalingGroupNames: names.slice(100, 200), MaxRecords: 100 },
      { AutoScalingGroupNames: names.slice(200), MaxRecords: 100 },
    ]);
  });

  it('takes an empty token for the last page, and absent fields for empty ones', async () => {
    const answer = {
      AutoScalingGroups: [{ Instances: [{}], Tags: [{}] }, {}],
      NextToken: '',
      $metadata: {},
    } as unknown as Awaited<ReturnType<AutoScalingApi['describeAutoScalingGroups']>>;
    const { asked, call } = scriptedCall(answer);
    const { provider } = await setUp(1, { describeAutoScalingGroups: call });

    expect(await provider.getGroups(['workers'])).toEqual([
      {
        groupName: '',
        tags: { '': '' },
        instances: [{ instanceId: '', groupName: '', lifecycleState: '' }],
      },
      { groupName: '', tags: {}, instances: [] },
    ]);
    expect(asked).toEqual([{ AutoScalingGroupNames: ['workers'], MaxRecords: 100 }]);
  });
});
