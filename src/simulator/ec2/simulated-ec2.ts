import type { RequestBucket } from '#core/ec2/request-budget.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { type OnCall, Wire } from '../faults.ts';
import { createRandom, type Random } from '../random.ts';
import { RequestBuckets } from '../request-buckets.ts';
import { createAssignment } from './assignment.ts';
import { createAttachment } from './attachment.ts';
import { createByHand } from './by-hand.ts';
import { createChanges } from './changes.ts';
import { createCreation } from './creation.ts';
import { createDescribes } from './describe.ts';
import { ec2Error } from './errors.ts';
import { createFleet } from './fleet.ts';
import { createEc2World, type SimulatedInterface } from './model.ts';
import { createTagging } from './tags.ts';

export interface SimulatedEc2Options {
  readonly clock: Clock;
  readonly random?: Random;
  /** Time each call takes before its effect. */
  readonly latencyMs?: number;
  /** Time an interface stays `attaching` and `detaching`. */
  readonly attachSeconds?: number;
  readonly detachSeconds?: number;
  /** Time an instance stays `pending`. */
  readonly pendingSeconds?: number;
  /** Time an instance stays `shutting-down`, with its interfaces. */
  readonly shuttingDownSeconds?: number;
  /** Time a new ENI stays invisible to describes ("Eventual consistency", EC2 API Reference). */
  readonly consistencySeconds?: number;
  /** Refuses calls when AWS's published request buckets are empty. */
  readonly hasRequestBuckets?: boolean;
  /** Changing actions for which the account has another bucket than the published one. */
  readonly buckets?: Readonly<Record<string, RequestBucket>>;
  readonly mostInterfaces?: number;
  readonly onCall?: OnCall;
}

/** EC2 in memory, with the rules AWS documents for network interfaces. One account, one region, one instance a test. */
export class SimulatedEc2 {
  /** The calls of the SDK surface, with the trouble of the wire before them. */
  readonly api: Ec2Api;
  readonly wire: Wire;
  /** What people and other systems do: networks, instances, changes by hand. */
  readonly fleet: ReturnType<typeof createFleet>;
  readonly byHand: ReturnType<typeof createByHand>;
  readonly #world = createEc2World();

  constructor(options: SimulatedEc2Options) {
    const { clock, random = createRandom(1), latencyMs = 0, consistencySeconds = 0 } = options;
    const world = this.#world;
    const isVisible = ({ createdAt }: SimulatedInterface): boolean =>
      clock.now().getTime() - createdAt >= consistencySeconds * 1000;
    const rules: Ec2Api = {
      ...createDescribes(world, isVisible),
      ...createAssignment({ world, random }),
      ...createCreation({ world, clock, random, mostInterfaces: options.mostInterfaces ?? 5000 }),
      ...createAttachment({
        world,
        clock,
        random,
        attachSeconds: options.attachSeconds ?? 1.5,
        detachSeconds: options.detachSeconds ?? 3,
      }),
      ...createChanges(world),
      ...createTagging(world),
    };
    this.wire = new Wire({
      clock,
      latencyMs,
      makeError: ec2Error,
      ...(options.onCall && { onCall: options.onCall }),
    });
    this.api = this.wire.wrap(
      options.hasRequestBuckets
        ? withBuckets(rules, new RequestBuckets(clock, options.buckets))
        : rules,
    );
    this.fleet = createFleet({
      world,
      clock,
      random,
      pendingSeconds: options.pendingSeconds ?? 0,
      shuttingDownSeconds: options.shuttingDownSeconds ?? 0,
    });
    this.byHand = createByHand({ world, random });
  }

  /** Every ENI there is, the instances' own included. */
  interfaces(): readonly SimulatedInterface[] {
    return [...this.#world.interfaces.values()];
  }

  /** ENIs that are not some instance's own: what a product that leaks would leave. */
  extraInterfaces(): readonly SimulatedInterface[] {
    return this.interfaces().filter(({ attachment }) => attachment?.deviceIndex !== 0);
  }
}

const withBuckets = (rules: Ec2Api, buckets: RequestBuckets): Ec2Api => {
  const entries = Object.entries(rules).map(([method, call]) => {
    const action = method.charAt(0).toUpperCase() + method.slice(1);
    const limited = async (input: object): Promise<unknown> => {
      if (!buckets.take(action, input))
        throw ec2Error('RequestLimitExceeded', 'Request limit exceeded.');
      return (call as (input: object) => Promise<unknown>)(input);
    };
    return [method, limited];
  });
  return Object.fromEntries(entries) as Ec2Api;
};
