import type { Clock } from '#core/ports/clock.ts';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import type { ServiceEvent } from '../aws-event.ts';
import type { SimulatedEc2 } from '../ec2/simulated-ec2.ts';
import { type OnCall, Wire } from '../faults.ts';
import { createRandom, type Random } from '../random.ts';
import { createAutoScalingAnswers } from './answers.ts';
import { autoScalingError } from './errors.ts';
import { checkHook } from './hook-rules.ts';
import { createLifecycle } from './lifecycle.ts';
import {
  type HookNotification,
  lifecycleEvent,
  lifecycleMessage,
  testMessage,
} from './messages.ts';
import type { Completion, GroupOptions, SimulatedGroup, SimulatedHook } from './model.ts';
import { createWaits, type Waits } from './waits.ts';

export interface SimulatedAutoScalingOptions {
  readonly clock: Clock;
  readonly ec2: SimulatedEc2;
  readonly random?: Random;
  readonly latencyMs?: number;
  readonly onCall?: OnCall;
  /** True for each event that gets lost; AWS promises best effort. */
  readonly dropEvents?: (event: ServiceEvent) => boolean;
  /** True: launches are announced while EC2 still says `pending`. */
  readonly isHookEarly?: boolean;
}

/** Auto Scaling groups in memory, with lifecycle hooks, their time-outs and their events. */
export class SimulatedAutoScaling {
  readonly api: AutoScalingApi;
  readonly wire: Wire;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #groups = new Map<string, SimulatedGroup>();
  readonly #waits: Waits;
  readonly #lifecycle: ReturnType<typeof createLifecycle>;
  readonly #eventListeners = new Set<(event: ServiceEvent) => void>();
  readonly #notificationListeners = new Set<(notification: HookNotification) => void>();

  constructor(options: SimulatedAutoScalingOptions) {
    const { clock, ec2, random = createRandom(2), latencyMs = 0, onCall } = options;
    const groups = this.#groups;
    this.#clock = clock;
    this.#random = random;
    this.#waits = createWaits({ clock, random });
    this.#lifecycle = createLifecycle({
      clock,
      ec2,
      groups,
      waits: this.#waits,
      isHookEarly: options.isHookEarly ?? false,
      announce: (begun) => {
        const event = lifecycleEvent(begun);
        if (options.dropEvents?.(event) !== true)
          for (const listener of this.#eventListeners) listener(event);
        const message = lifecycleMessage(begun, clock.now(), random.uuid());
        this.#notify(begun.wait.hook, message);
      },
    });
    const makeError = autoScalingError;
    this.wire = new Wire({ clock, latencyMs, makeError, ...(onCall && { onCall }) });
    this.api = this.wire.wrap(createAutoScalingAnswers({ groups, waits: this.#waits }));
  }

  createGroup({ hooks = [], desiredCapacity = 0, ...options }: GroupOptions): void {
    const group: SimulatedGroup = {
      ...options,
      hooks: new Map(),
      members: new Map(),
      desiredCapacity: 0,
      launched: 0,
    };
    this.#groups.set(options.name, group);
    for (const hook of hooks) this.putHook(options.name, hook);
    this.#lifecycle.setDesiredCapacity(group, desiredCapacity);
  }

  /** For launches and terminations from now on. Its target, if it names one, gets a test notification. */
  putHook(groupName: string, hook: SimulatedHook): void {
    checkHook(hook);
    this.#existing(groupName).hooks.set(hook.name, hook);
    this.#notify(hook, testMessage(groupName, this.#clock.now(), this.#random.uuid()));
  }

  /** Launches what is missing, ends the oldest that are too many. */
  setDesiredCapacity(name: string, desiredCapacity: number): void {
    this.#lifecycle.setDesiredCapacity(this.#existing(name), desiredCapacity);
  }

  /** Lifecycle states by instance id. */
  states(name: string): ReadonlyMap<string, string> {
    const members = this.#groups.get(name)?.members ?? new Map();
    return new Map([...members].map(([id, { state }]) => [id, state]));
  }

  /** Every end of a wait: by our call, or by the time that ran out. */
  get completions(): readonly Completion[] {
    return this.#waits.completions;
  }

  /** Told of every lifecycle action, as EventBridge is. */
  onEvent(listener: (event: ServiceEvent) => void): void {
    this.#eventListeners.add(listener);
  }

  /** Told of every message to a hook's own target. */
  onNotification(listener: (notification: HookNotification) => void): void {
    this.#notificationListeners.add(listener);
  }

  /** Takes an instance out of the warm pool, through its launch hooks again. */
  leaveWarmPool(name: string, instanceId: string): void {
    const group = this.#groups.get(name);
    const member = group?.members.get(instanceId);
    if (group !== undefined && member !== undefined) this.#lifecycle.leaveWarmPool(group, member);
  }

  #existing(name: string): SimulatedGroup {
    const group = this.#groups.get(name);
    if (group === undefined)
      throw autoScalingError('ValidationError', `AutoScalingGroup name not found - ${name}`);
    return group;
  }

  #notify({ notificationTargetArn: targetArn }: SimulatedHook, message: object): void {
    if (targetArn === undefined) return;
    for (const listener of this.#notificationListeners) listener({ targetArn, message });
  }
}
