import { InvalidArgumentError } from 'commander';
import { BUILDING_ACTIONS } from '#core/ec2/building-pace.ts';
import type { RequestBucket } from '#core/ec2/request-budget.ts';
import { INSTANCE_TYPES } from '#simulator/ec2/instance-types.ts';
import { Complaint } from '../complaint.ts';

/** EC2's request buckets by action. */
export type Buckets = Readonly<Record<string, RequestBucket>>;

/** The fleet that is launched, and what of EC2's request rate it may use. */
export interface FleetOptions {
  readonly nodes: number;
  /** Interfaces of each node beside its own. */
  readonly interfaces: number;
  readonly instanceType: string;
  /** Part of AWS's refill that nodeeni may use, 0 to 1. */
  readonly budget: number;
  /** Actions whose bucket is not the published one. */
  readonly buckets: Buckets;
}

/** A larger fleet takes hours of computing, and more than the addresses of the simulated subnets. */
const MOST_NODES = 10_000;

const BUCKET = /^(\w+)=(\d+):(\d+(?:\.\d+)?)$/;

/** A whole number from 1 to 10,000. Throws commander's InvalidArgumentError for anything else. */
export const parseCount = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_NODES) return count;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${MOST_NODES}.`);
};

/** `CreateNetworkInterface=100:5` (size, refill a second), added to those given before. */
export const parseBucket = (text: string, others: Buckets): Buckets => {
  const [, action = '', size = '', refill = ''] = BUCKET.exec(text) ?? [];
  const bucket = { size: Number(size), refillPerSecond: Number(refill) };
  if (!BUILDING_ACTIONS.some((known) => known === action))
    throw new InvalidArgumentError(
      `Write an action, its bucket and its refill a second: CreateNetworkInterface=100:5. Actions: ${BUILDING_ACTIONS.join(', ')}.`,
    );
  if (bucket.size < 1 || bucket.refillPerSecond <= 0)
    throw new InvalidArgumentError('A bucket holds at least 1 call and refills.');
  return { ...others, [action]: bucket };
};

/**
 * Refuses a fleet that EC2 would refuse. Interfaces an instance holds: "Maximum IP addresses per network interface", EC2
 * User Guide. Throws a `Complaint`.
 */
export const checkFleet = ({ interfaces, instanceType }: FleetOptions): void => {
  const [most] = INSTANCE_TYPES.get(instanceType) ?? [];
  if (most === undefined)
    throw new Complaint(
      `The simulator does not know the instance type "${instanceType}". It knows ${[...INSTANCE_TYPES.keys()].join(', ')}.`,
    );
  if (interfaces >= most)
    throw new Complaint(
      `An ${instanceType} holds ${most} interfaces with its own, so it takes at most ${most - 1} more: give --interfaces 1 to ${most - 1}, or a larger --instance-type.`,
    );
};
