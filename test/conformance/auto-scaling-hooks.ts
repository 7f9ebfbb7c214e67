import { describe, expect } from 'vitest';
import {
  type AutoScalingRules,
  type AutoScalingSite,
  expectValidationError,
  type WantedHook,
} from './auto-scaling-subject.ts';

const HEARTBEAT_SECONDS = 300;
const NO_ACTION = 'No active Lifecycle Action found with instance ID';

const launchHook = (hook: Partial<WantedHook> = {}): WantedHook => ({
  name: 'launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeoutSeconds: HEARTBEAT_SECONDS,
  defaultResult: 'ABANDON',
  ...hook,
});

const terminateHook = (hook: Partial<WantedHook> = {}): WantedHook =>
  launchHook({
    name: 'terminate',
    transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    defaultResult: 'CONTINUE',
    ...hook,
  });

/** A group of one whose instance waits for its hooks. Out: the instance's id. */
const waiting = async (
  { name, lab, instanceIds }: AutoScalingSite,
  ...hooks: readonly WantedHook[]
): Promise<string> => {
  await lab.createGroup({ name, desiredCapacity: 1, hooks });
  await lab.pass(10);
  return (await instanceIds())[0] ?? '';
};

// "How lifecycle hooks work in Auto Scaling groups", Amazon EC2 Auto Scaling User Guide.
const describeLaunches = ({ rule }: AutoScalingRules): void => {
  rule('holds a launched instance for its hook until that is completed', async (site) => {
    const instanceId = await waiting(site, launchHook());
    const before = await site.states();

    await site.complete(instanceId, 'launch');
    await site.lab.pass(5);

    expect(before).toEqual(['Pending:Wait']);
    expect(await site.states()).toEqual(['InService']);
  });

  rule('holds it until the last of several hooks is completed', async (site) => {
    const instanceId = await waiting(site, launchHook(), launchHook({ name: 'other' }));

    await site.complete(instanceId, 'launch');
    await site.lab.pass(5);
    const between = await site.states();
    await site.complete(instanceId, 'other');
    await site.lab.pass(5);

    expect(between).toEqual(['Pending:Wait']);
    expect(await site.states()).toEqual(['InService']);
  });

  rule('ends an abandoned instance and launches another', async (site) => {
    const instanceId = await waiting(site, launchHook());

    await site.complete(instanceId, 'launch', 'ABANDON');
    await site.lab.pass(30);

    const replacements = await site.instanceIds();
    expect(replacements).toHaveLength(1);
    expect(replacements).not.toContain(instanceId);
    expect(await site.states()).toEqual(['Pending:Wait']);
  });

  rule('stops the other hooks of an instance that one of them abandons', async (site) => {
    const instanceId = await waiting(site, launchHook(), launchHook({ name: 'other' }));

    await site.complete(instanceId, 'launch', 'ABANDON');
    await site.lab.pass(30);

    await expectValidationError(site.complete(instanceId, 'other'));
    expect(await site.instanceIds()).not.toContain(instanceId);
  });
};

const describeCompletions = ({ rule }: AutoScalingRules): void => {
  rule('takes one completion of an action', async (site) => {
    const instanceId = await waiting(site, launchHook());
    await site.complete(instanceId, 'launch');

    await expectValidationError(site.complete(instanceId, 'launch'), `${NO_ACTION} ${instanceId}`);
  });

  rule('knows no action of a hook that the group does not have', async (site) => {
    const instanceId = await waiting(site, launchHook());

    await expectValidationError(site.complete(instanceId, 'nobody'));
  });

  rule('refuses a result that is neither CONTINUE nor ABANDON', async (site) => {
    const instanceId = await waiting(site, launchHook());

    const call = site.autoScaling.completeLifecycleAction({
      AutoScalingGroupName: site.name,
      LifecycleHookName: 'launch',
      InstanceId: instanceId,
      LifecycleActionResult: 'PERHAPS',
    });

    await expectValidationError(call);
    expect(await site.states()).toEqual(['Pending:Wait']);
  });

  rule('tells EventBridge of an action, whose token completes it without an id', async (site) => {
    const metadata = '{"cluster":"prod"}';
    const instanceId = await waiting(site, launchHook({ notificationMetadata: metadata }));
    const details = await site.lab.lifecycleDetails();
    const detail = details.find(({ EC2InstanceId }) => EC2InstanceId === instanceId);
    const complete = (LifecycleActionToken: string) =>
      site.autoScaling.completeLifecycleAction({
        AutoScalingGroupName: site.name,
        LifecycleHookName: 'launch',
        LifecycleActionToken,
        LifecycleActionResult: 'CONTINUE',
      });

    const unknown = complete('00000000-0000-4000-8000-000000000000');
    await expectValidationError(unknown, 'No active Lifecycle Action found with token');
    await complete(`${detail?.LifecycleActionToken}`);
    await site.lab.pass(5);

    expect(detail).toMatchObject({
      AutoScalingGroupName: site.name,
      LifecycleHookName: 'launch',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      LifecycleActionToken: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      NotificationMetadata: metadata,
      Origin: 'EC2',
      Destination: 'AutoScalingGroup',
    });
    expect(await site.states()).toEqual(['InService']);
  });
};

const describeTimeOuts = ({ rule }: AutoScalingRules): void => {
  const beat = ({ autoScaling, name }: AutoScalingSite, InstanceId: string) =>
    autoScaling.recordLifecycleActionHeartbeat({
      AutoScalingGroupName: name,
      LifecycleHookName: 'launch',
      InstanceId,
    });

  rule('takes the default result CONTINUE when the time is up', async (site) => {
    await waiting(site, launchHook({ defaultResult: 'CONTINUE' }));

    await site.lab.pass(HEARTBEAT_SECONDS - 20);
    const before = await site.states();
    await site.lab.pass(20);

    expect(before).toEqual(['Pending:Wait']);
    expect(await site.states()).toEqual(['InService']);
  });

  rule('takes the default result ABANDON when the time is up', async (site) => {
    const instanceId = await waiting(site, launchHook());

    await site.lab.pass(HEARTBEAT_SECONDS + 20);

    expect(await site.instanceIds()).not.toContain(instanceId);
  });

  rule('starts the time-out anew with each heartbeat', async (site) => {
    const instanceId = await waiting(site, launchHook());

    for (let count = 0; count < 5; count += 1) {
      await site.lab.pass(HEARTBEAT_SECONDS - 20);
      await beat(site, instanceId);
    }

    expect(await site.instanceIds()).toEqual([instanceId]);
    expect(await site.states()).toEqual(['Pending:Wait']);
  });

  // "PutLifecycleHook": 48 hours or 100 times the heartbeat time-out, whichever is smaller.
  rule('ends a wait after 100 heartbeat time-outs, whatever the heartbeats', async (site) => {
    const hook = launchHook({ heartbeatTimeoutSeconds: 30, defaultResult: 'CONTINUE' });
    const instanceId = await waiting(site, hook);
    for (let second = 10; second < 2980; second += 20) {
      await beat(site, instanceId);
      await site.lab.pass(20);
    }
    const before = await site.states();

    await beat(site, instanceId);
    await site.lab.pass(25);

    expect(before).toEqual(['Pending:Wait']);
    expect(await site.states()).toEqual(['InService']);
  });

  rule('takes no heartbeat for an action that is over', async (site) => {
    const instanceId = await waiting(site, launchHook());
    await site.complete(instanceId, 'launch');

    await expectValidationError(beat(site, instanceId), NO_ACTION);
  });
};

const describeTerminations = ({ rule }: AutoScalingRules): void => {
  rule('holds an instance that is scaled in until its hook is completed', async (site) => {
    const instanceId = await waiting(site, terminateHook());
    await site.lab.setDesiredCapacity(site.name, 0);
    await site.lab.pass(5);
    const before = await site.states();

    await site.complete(instanceId, 'terminate');
    await site.lab.pass(60);

    expect(before).toEqual(['Terminating:Wait']);
    expect(await site.instanceIds()).toEqual([]);
  });

  rule('ends the instance when its terminate hook is abandoned too', async (site) => {
    const instanceId = await waiting(site, terminateHook());
    await site.lab.setDesiredCapacity(site.name, 0);
    await site.lab.pass(5);

    await site.complete(instanceId, 'terminate', 'ABANDON');
    await site.lab.pass(60);

    expect(await site.instanceIds()).toEqual([]);
  });

  rule('ends the oldest instance first', async (site) => {
    const oldest = await waiting(site);
    await site.lab.setDesiredCapacity(site.name, 2);
    await site.lab.pass(10);

    await site.lab.setDesiredCapacity(site.name, 1);
    await site.lab.pass(60);

    const left = await site.instanceIds();
    expect(left).toHaveLength(1);
    expect(left).not.toContain(oldest);
  });

  rule('ends an instance that still waits for its launch hook', async (site) => {
    const instanceId = await waiting(site, launchHook());

    await site.lab.setDesiredCapacity(site.name, 0);
    await site.lab.pass(60);

    expect(await site.instanceIds()).toEqual([]);
    await expectValidationError(site.complete(instanceId, 'launch'));
  });
};

/** Lifecycle hooks: launches, completions, time-outs, terminations. */
export const describeHooks = (rules: AutoScalingRules): void => {
  describe('launch hooks', () => describeLaunches(rules));
  describe('completions', () => describeCompletions(rules));
  describe('time-outs and heartbeats', () => describeTimeOuts(rules));
  describe('terminations', () => describeTerminations(rules));
};
