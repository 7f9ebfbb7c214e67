import type { Clock } from '#core/ports/clock.ts';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import type { ServiceEvent } from '../aws-event.ts';
import type { SimulatedEc2 } from '../ec2/simulated-ec2.ts';
import { type Fault, Wire } from '../faults.ts';
import { createRandom, type Random } from '../random.ts';
import { createAutoScalingAnswers } from './answers.ts';
import { autoScalingError } from './errors.ts';
import { createLifecycle } from './lifecycle.ts';
import type { Completion, GroupOptions, SimulatedGroup } from './model.ts';

interface Options {
  readonly clock: Clock;
  readonly ec2: SimulatedEc2;
  readonly random?: Random;
  readonly latencyMs?: number;
  readonly onCall?: (action: string) => Fault | undefined;
}

/** Auto Scaling groups in memory, with lifecycle hooks, their time-outs and their events. */
export class SimulatedAutoScaling {
  readonly api: AutoScalingApi;
  readonly wire: Wire;
  readonly #groups = new Map<string, SimulatedGroup>();
  readonly #lifecycle: ReturnType<typeof createLifecycle>;

  constructor(options: Options) {
    const { clock, ec2, random = createRandom(2), latencyMs = 0, onCall } = options;
    this.#lifecycle = createLifecycle({ clock, ec2, random });
    this.wire = new Wire({
      clock,
      latencyMs,
      makeError: autoScalingError,
      ...(onCall && { onCall }),
    });
    this.api = this.wire.wrap(
      createAutoScalingAnswers({ groups: this.#groups, lifecycle: this.#lifecycle }),
    );
  }

  createGroup(options: GroupOptions): void {
    this.#groups.set(options.name, {
      ...options,
      hooks: [...(options.hooks ?? [])],
      members: new Map(),
      launched: 0,
    });
    if (options.desiredCapacity) this.setDesiredCapacity(options.name, options.desiredCapacity);
  }

  /** Launches what is missing, ends the oldest that are too many. */
  setDesiredCapacity(name: string, desiredCapacity: number): void {
    const group = this.#groups.get(name);
    if (group === undefined)
      throw autoScalingError('ValidationError', `AutoScalingGroup ${name} not found`);
    const staying = [...group.members.values()].filter(
      ({ state }) => !state.startsWith('Terminating'),
    );
    for (let count = staying.length; count < desiredCapacity; count += 1)
      this.#lifecycle.launch(group);
    for (const member of staying.slice(0, Math.max(0, staying.length - desiredCapacity)))
      this.#lifecycle.terminate(group, member);
  }

  /** Lifecycle states by instance id. */
  states(name: string): ReadonlyMap<string, string> {
    const members = this.#groups.get(name)?.members ?? new Map();
    return new Map([...members].map(([id, { state }]) => [id, state]));
  }

  /** Every end of a wait: by our call, or by the time that ran out. */
  get completions(): readonly Completion[] {
    return this.#lifecycle.completions;
  }

  onEvent(listener: (event: ServiceEvent) => void): void {
    this.#lifecycle.onEvent(listener);
  }

  /** Takes an instance out of the warm pool, through its launch hooks again. */
  leaveWarmPool(name: string, instanceId: string): void {
    const group = this.#groups.get(name);
    const member = group?.members.get(instanceId);
    if (group !== undefined && member !== undefined) this.#lifecycle.leaveWarmPool(group, member);
  }
}
