import { describe, expect } from 'vitest';
import { type AutoScalingRules, expectValidationError } from './auto-scaling-subject.ts';

const unknownIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `i-${index.toString(16).padStart(17, '0')}`);

const describeGroups = ({ rule }: AutoScalingRules): void => {
  rule('shows a group with its tags and instances', async ({ autoScaling, lab, name }) => {
    await lab.createGroup({ name, desiredCapacity: 2, tags: { team: 'network' } });
    await lab.pass(10);

    const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [name],
    });

    expect(AutoScalingGroups).toMatchObject([
      {
        AutoScalingGroupName: name,
        DesiredCapacity: 2,
        Tags: [{ Key: 'team', Value: 'network' }],
        Instances: [{ LifecycleState: 'InService' }, { LifecycleState: 'InService' }],
      },
    ]);
  });

  rule('leaves out groups that it does not know', async ({ autoScaling, name }) => {
    const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [name],
    });

    expect(AutoScalingGroups).toEqual([]);
  });

  rule('gives groups in pages of at most 100', async ({ autoScaling, lab, name }) => {
    const names = ['1', '2', '3'].map((suffix) => `${name}-${suffix}`);
    for (const each of names) await lab.createGroup({ name: each, desiredCapacity: 0 });
    const ask = (MaxRecords: number, NextToken?: string) =>
      autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: names,
        MaxRecords,
        ...(NextToken !== undefined && { NextToken }),
      });

    const first = await ask(2);
    const second = await ask(2, first.NextToken);

    const pages = [first, second].map(({ AutoScalingGroups = [] }) =>
      AutoScalingGroups.map(({ AutoScalingGroupName = '' }) => AutoScalingGroupName),
    );
    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
    expect(pages.flat().toSorted()).toEqual(names);
    expect(second.NextToken ?? '').toBe('');
    await expectValidationError(ask(101));
  });
};

const describeManyGroups = ({ rule }: AutoScalingRules): void => {
  // "DescribeAutoScalingGroups": 50 names, or as many as MaxRecords says.
  rule(
    'takes 50 names of groups, and more only where it is to give more records',
    async ({ autoScaling, name }) => {
      const names = (count: number) =>
        Array.from({ length: count }, (_, index) => `${name}-none-${index}`);
      const ask = (count: number, MaxRecords?: number) =>
        autoScaling.describeAutoScalingGroups({
          AutoScalingGroupNames: names(count),
          ...(MaxRecords !== undefined && { MaxRecords }),
        });

      await ask(50);
      await ask(100, 100);

      await expectValidationError(ask(51));
      await expectValidationError(ask(101, 100));
    },
  );
};

const describeInstances = ({ rule }: AutoScalingRules): void => {
  rule('shows instances by id and leaves out those of no group', async (site) => {
    await site.lab.createGroup({ name: site.name, desiredCapacity: 1 });
    await site.lab.pass(10);
    const [instanceId = ''] = await site.instanceIds();

    const { AutoScalingInstances } = await site.autoScaling.describeAutoScalingInstances({
      InstanceIds: [instanceId, ...unknownIds(1)],
    });

    expect(AutoScalingInstances).toMatchObject([
      {
        InstanceId: instanceId,
        AutoScalingGroupName: site.name,
        LifecycleState: 'InService',
      },
    ]);
  });

  // "DescribeAutoScalingInstances": up to 50 ids.
  rule('takes at most 50 ids of instances', async ({ autoScaling }) => {
    await autoScaling.describeAutoScalingInstances({ InstanceIds: unknownIds(50) });

    await expectValidationError(
      autoScaling.describeAutoScalingInstances({ InstanceIds: unknownIds(51) }),
    );
  });
};

const describeHookReads = ({ rule }: AutoScalingRules): void => {
  const hook = {
    name: 'launch',
    transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    heartbeatTimeoutSeconds: 300,
    defaultResult: 'ABANDON',
    notificationMetadata: 'cluster=prod',
  } as const;

  rule('shows the hooks of a group', async ({ autoScaling, lab, name }) => {
    await lab.createGroup({ name, desiredCapacity: 0, hooks: [hook] });

    const { LifecycleHooks } = await autoScaling.describeLifecycleHooks({
      AutoScalingGroupName: name,
    });

    expect(LifecycleHooks).toMatchObject([
      {
        AutoScalingGroupName: name,
        LifecycleHookName: 'launch',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        HeartbeatTimeout: 300,
        DefaultResult: 'ABANDON',
        NotificationMetadata: 'cluster=prod',
      },
    ]);
  });

  rule('tells the longest wait of a hook', async ({ autoScaling, lab, name }) => {
    const slow = { ...hook, name: 'slow', heartbeatTimeoutSeconds: 7200 };
    await lab.createGroup({ name, desiredCapacity: 0, hooks: [hook, slow] });

    const { LifecycleHooks = [] } = await autoScaling.describeLifecycleHooks({
      AutoScalingGroupName: name,
    });

    const limits = LifecycleHooks.map(({ LifecycleHookName = '', GlobalTimeout }) => [
      LifecycleHookName,
      GlobalTimeout,
    ]);
    expect(Object.fromEntries(limits)).toEqual({ launch: 30_000, slow: 172_800 });
  });

  rule('knows no hooks of a group that it does not know', async ({ autoScaling, name }) => {
    const call = autoScaling.describeLifecycleHooks({ AutoScalingGroupName: name });

    await expectValidationError(call, name);
  });
};

/** What describes show: groups, instances, hooks. */
export const describeReads = (rules: AutoScalingRules): void => {
  describe('groups', () => {
    describeGroups(rules);
    describeManyGroups(rules);
  });
  describe('instances', () => describeInstances(rules));
  describe('hooks', () => describeHookReads(rules));
};
