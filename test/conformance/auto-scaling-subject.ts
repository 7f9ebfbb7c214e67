import { expect, it } from 'vitest';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';

/** A hook as a rule asks for it. */
export interface WantedHook {
  readonly name: string;
  readonly transition:
    | 'autoscaling:EC2_INSTANCE_LAUNCHING'
    | 'autoscaling:EC2_INSTANCE_TERMINATING';
  readonly heartbeatTimeoutSeconds: number;
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
  readonly notificationMetadata?: string;
}

/** What is done to an account beside the calls under test. */
export interface AutoScalingLab {
  createGroup(group: {
    readonly name: string;
    readonly desiredCapacity: number;
    readonly tags?: Readonly<Record<string, string>>;
    readonly hooks?: readonly WantedHook[];
  }): Promise<void>;
  setDesiredCapacity(name: string, desiredCapacity: number): Promise<void>;
  /** Lets time pass. */
  pass(seconds: number): Promise<void>;
  /** Details of the lifecycle events that EventBridge got, oldest first. */
  lifecycleDetails(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** An Auto Scaling under test. */
export interface AutoScalingSubject {
  readonly autoScaling: AutoScalingApi;
  readonly lab: AutoScalingLab;
  readonly dispose?: () => Promise<void>;
}

/** What a rule is written with. `name` is a group name nobody else uses. */
export interface AutoScalingSite extends AutoScalingSubject {
  readonly name: string;
  /** Lifecycle states of the group's instances, in the order they are listed. */
  states(): Promise<readonly string[]>;
  instanceIds(): Promise<readonly string[]>;
  complete(instanceId: string, hookName: string, result?: 'CONTINUE' | 'ABANDON'): Promise<unknown>;
}

export interface AutoScalingRules {
  /** One rule of Auto Scaling. Expected to fail where the subject is known not to follow it, so that the list stays true. */
  readonly rule: (title: string, test: (site: AutoScalingSite) => Promise<void>) => void;
}

const run = Date.now().toString(36);
let sites = 0;

const createSite = ({ autoScaling, lab }: AutoScalingSubject): AutoScalingSite => {
  sites += 1;
  const name = `group-${run}-${sites}`;
  const instances = async () => {
    const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [name],
    });
    return AutoScalingGroups[0]?.Instances ?? [];
  };
  return {
    autoScaling,
    lab,
    name,
    states: async () => (await instances()).map(({ LifecycleState = '' }) => LifecycleState),
    instanceIds: async () => (await instances()).map(({ InstanceId = '' }) => InstanceId),
    complete: (InstanceId, LifecycleHookName, LifecycleActionResult = 'CONTINUE') =>
      autoScaling.completeLifecycleAction({
        AutoScalingGroupName: name,
        LifecycleHookName,
        InstanceId,
        LifecycleActionResult,
      }),
  };
};

export const createAutoScalingRules = (
  subject: () => AutoScalingSubject,
  unmodelled: readonly string[],
): AutoScalingRules => ({
  rule: (title, test) =>
    (unmodelled.includes(title) ? it.fails : it)(title, async () => test(createSite(subject()))),
});

/** Asserts that Auto Scaling refuses a call with a ValidationError, and says so. */
export const expectValidationError = async (call: Promise<unknown>, text = ''): Promise<void> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400 } });
  expect(String(error)).toContain(text);
};
