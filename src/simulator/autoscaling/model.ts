/** A lifecycle hook as its group keeps it ("PutLifecycleHook", Auto Scaling API Reference). */
export interface SimulatedHook {
  readonly name: string;
  readonly transition:
    | 'autoscaling:EC2_INSTANCE_LAUNCHING'
    | 'autoscaling:EC2_INSTANCE_TERMINATING';
  /** 30 to 7200. */
  readonly heartbeatTimeoutSeconds: number;
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
  readonly notificationMetadata?: string;
  /** A queue or topic that gets the notification beside EventBridge, without EventBridge's envelope. */
  readonly notificationTargetArn?: string;
}

export interface GroupOptions {
  readonly name: string;
  /** Instances are spread over them in turn. */
  readonly subnetIds: readonly string[];
  readonly instanceType?: string;
  /** Tags of the group. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Tags of each instance, beside the one Auto Scaling adds. */
  readonly instanceTags?: Readonly<Record<string, string>>;
  readonly hooks?: readonly SimulatedHook[];
  readonly desiredCapacity?: number;
  /** Launched instances go into a warm pool, stopped, until `leaveWarmPool`. */
  readonly hasWarmPool?: boolean;
}

export interface Member {
  readonly instanceId: string;
  /** `Pending:Wait`, `InService`, `Warmed:Stopped`, … */
  state: string;
  /** Waits that are not over, by hook name. */
  readonly waits: Map<string, Wait>;
}

/** How a wait ended; undefined when the instance went another way meanwhile. */
export type WaitEnd =
  | { readonly result: 'CONTINUE' | 'ABANDON'; readonly by: 'call' | 'timeout' }
  | undefined;

export interface Wait {
  readonly hook: SimulatedHook;
  readonly token: string;
  readonly since: number;
  deadline: number;
  readonly resolve: (end: WaitEnd) => void;
}

export interface SimulatedGroup extends Omit<GroupOptions, 'hooks' | 'desiredCapacity'> {
  readonly hooks: Map<string, SimulatedHook>;
  readonly members: Map<string, Member>;
  desiredCapacity: number;
  launched: number;
}

export interface Completion {
  readonly instanceId: string;
  readonly hookName: string;
  readonly result: 'CONTINUE' | 'ABANDON';
  readonly by: 'call' | 'timeout';
  readonly at: Date;
}

/** Where an instance comes from and goes to ("Amazon EC2 Auto Scaling event reference"). */
export type Place = 'EC2' | 'AutoScalingGroup' | 'WarmPool';

export interface Passage {
  readonly from: Place;
  readonly to: Place;
}
