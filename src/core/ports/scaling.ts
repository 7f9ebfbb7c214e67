import type { Cause } from './cause.ts';

/** An instance as Auto Scaling sees it ("Amazon EC2 Auto Scaling instance lifecycle"). */
export interface ScalingInstance {
  readonly instanceId: string;
  readonly groupName: string;
  /** `Pending:Wait`, `InService`, `Terminating:Wait`, `Warmed:Pending:Wait`, … */
  readonly lifecycleState: string;
}

export interface LifecycleHook {
  readonly groupName: string;
  readonly hookName: string;
  readonly transition: 'launching' | 'terminating';
  readonly heartbeatTimeoutSeconds: number;
  readonly notificationMetadata: string;
}

export interface ScalingGroup {
  readonly groupName: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly instances: readonly ScalingInstance[];
}

export type LifecycleResult = 'CONTINUE' | 'ABANDON';

export interface ScalingProvider {
  /** Instances that are in no group are absent. */
  getInstances(instanceIds: readonly string[]): Promise<ReadonlyMap<string, ScalingInstance>>;
  /** Groups with their tags and instances, read now. */
  getGroups(groupNames: readonly string[]): Promise<readonly ScalingGroup[]>;
  /** Tags of one group; cached. */
  getGroupTags(groupName: string): Promise<Readonly<Record<string, string>>>;
  /** All hooks of a group; cached, unless with `isFresh`. */
  getHooks(
    groupName: string,
    options?: { readonly isFresh?: boolean },
  ): Promise<readonly LifecycleHook[]>;
  /** `already-completed` when Auto Scaling answers ValidationError: nothing waits any more. */
  complete(
    hook: LifecycleHook,
    instanceId: string,
    result: LifecycleResult,
    cause: Cause,
  ): Promise<'completed' | 'already-completed'>;
  heartbeat(hook: LifecycleHook, instanceId: string, cause: Cause): Promise<void>;
}
