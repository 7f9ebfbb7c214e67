import { describe, expect, it } from 'vitest';
import { scriptedCall } from '../scripted-call.ts';
import { HOOK, OUR_HOOK, setUp } from './scaling-setting.ts';

const MEMORY_MS = 300_000;

describe('getHooks', () => {
  it('tells every hook of the group in our words', async () => {
    const { autoScaling, provider } = await setUp();
    const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING';
    autoScaling.putHook('workers', { ...HOOK, name: 'end', transition: terminating });

    const hooks = await provider.getHooks('workers');

    expect(hooks).toEqual([OUR_HOOK, { ...OUR_HOOK, hookName: 'end', transition: 'terminating' }]);
  });

  it("takes an hour, Auto Scaling's own default, for a time-out it does not tell", async () => {
    const { call } = scriptedCall({ LifecycleHooks: [{}], $metadata: {} });
    const { provider } = await setUp(1, { describeLifecycleHooks: call });

    expect(await provider.getHooks('workers')).toEqual([
      {
        groupName: 'workers',
        hookName: '',
        transition: 'launching',
        heartbeatTimeoutSeconds: 3600,
        notificationMetadata: '',
      },
    ]);
  });

  it('is empty for a group that is gone, and finds the hooks of a new one by that name at once', async () => {
    const { autoScaling, provider } = await setUp();

    const before = await provider.getHooks('later');
    autoScaling.createGroup({ name: 'later', subnetIds: [], hooks: [HOOK] });

    expect(before).toEqual([]);
    expect(await provider.getHooks('later')).toEqual([{ ...OUR_HOOK, groupName: 'later' }]);
  });

  it('tells a classified failure and asks again at the next look-up', async () => {
    const { autoScaling, provider } = await setUp();
    autoScaling.wire.failNext('DescribeLifecycleHooks', { code: 'Throttling' });

    await expect(provider.getHooks('workers')).rejects.toMatchObject({ failure: 'Throttled' });
    expect(await provider.getHooks('workers')).toEqual([OUR_HOOK]);
  });
});

describe('getGroupTags', () => {
  it('tells the tags of a group', async () => {
    const { provider } = await setUp();

    expect(await provider.getGroupTags('workers')).toEqual({ team: 'net' });
  });

  it('is empty for a group that is gone', async () => {
    const { provider } = await setUp();

    expect(await provider.getGroupTags('gone')).toEqual({});
  });
});

describe('what is remembered of a group', () => {
  it('is not that it has no hooks, nor the hooks of before where somebody waits for another', async () => {
    const { provider, calls } = await setUp();

    for (const options of [{}, {}, { isFresh: true }]) await provider.getHooks('workers', options);
    expect(calls()).toHaveLength(2);
    for (const name of ['gone', 'gone']) await provider.getGroupTags(name);
    expect(calls()).toHaveLength(4);
  });

  it.each([
    { what: 'hooks', of: 'workers', action: 'DescribeLifecycleHooks' },
    { what: 'tags', of: 'workers', action: 'DescribeAutoScalingGroups' },
  ])('are the $what of $of, for five minutes', async ({ what, of, action }) => {
    const { clock, provider, calls } = await setUp();
    const look = () => (what === 'tags' ? provider.getGroupTags(of) : provider.getHooks(of));
    await Promise.all([look(), look()]);

    await clock.advanceBy(MEMORY_MS - 1);
    await look();
    const within = calls();
    await clock.advanceBy(1);
    await look();

    expect([within, calls()]).toEqual([[action], [action, action]]);
  });
});
