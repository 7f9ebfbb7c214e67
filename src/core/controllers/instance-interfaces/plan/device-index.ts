import type { Fault } from '#core/instance/fault.ts';
import type { Instance, InstanceTypeLimits } from '#core/ports/cloud.ts';

/** A slot that needs a place on the instance. */
export interface DeviceIndexRequest {
  readonly slot: string;
  readonly askedIndex: number;
  readonly networkCardIndex: number;
  readonly isRequired: boolean;
  /** Its NodeENI is paused, so nothing is made for it now: whoever needs the index today goes first. */
  readonly isPaused?: boolean;
}

export type DeviceIndexAllocation = { readonly deviceIndex: number } | { readonly fault: Fault };

const HIGHEST_INDEX = 127;

/** What is on each network card; an interface that is only attaching, or still detaching, holds its index too. */
const occupancy = (
  interfaces: Instance['interfaces'],
): ReadonlyMap<number, ReadonlyMap<number, string>> => {
  const cards = new Map<number, Map<number, string>>();
  for (const { networkCardIndex, deviceIndex, eniId, status } of interfaces) {
    if (status === 'detached') continue;
    const card = cards.get(networkCardIndex) ?? new Map<number, string>();
    cards.set(networkCardIndex, card.set(deviceIndex, eniId));
  }
  return cards;
};

/**
 * The highest index of a card. They are numbered from 0 and there are as many as interfaces ("Network cards", EC2 User Guide;
 * "device index exceeds the maximum number of network interfaces supported by the network card" is EC2's refusal).
 */
const highestOf = (
  { networkCardIndex }: DeviceIndexRequest,
  limits: InstanceTypeLimits | undefined,
): number => {
  const most = limits?.networkCards[networkCardIndex];
  return most === undefined ? HIGHEST_INDEX : most - 1;
};

const lowestFree = (
  taken: ReadonlyMap<number, unknown>,
  { askedIndex, networkCardIndex }: DeviceIndexRequest,
  highest: number,
): number | undefined => {
  const upwards = Array.from({ length: highest + 1 }, (_, index) => index).slice(askedIndex);
  // Below the asked index only as a last resort: there the VPC CNI takes its own, from 1 upwards.
  const below = Array.from({ length: Math.min(askedIndex, highest + 1) }, (_, index) => index);
  // Index 0 of the first card is the node's own; on the others it is one like the rest.
  const downwards = [...below.slice(1), ...(networkCardIndex > 0 ? below.slice(0, 1) : [])];
  return [...upwards, ...downwards].find((index) => !taken.has(index));
};

const byUrgency = (left: DeviceIndexRequest, right: DeviceIndexRequest): number =>
  Number(left.isPaused === true) - Number(right.isPaused === true) ||
  Number(right.isRequired) - Number(left.isRequired) ||
  left.askedIndex - right.askedIndex ||
  left.slot.localeCompare(right.slot);

const cardFault = (
  { networkCardIndex, askedIndex, isRequired }: DeviceIndexRequest,
  { onCard, onAll }: { readonly onCard: number; readonly onAll: number },
  limits: InstanceTypeLimits | undefined,
): Fault | undefined => {
  if (limits === undefined) return undefined;
  const most = limits.networkCards[networkCardIndex];
  if (most === undefined)
    return {
      reason: 'NetworkCardNotFound',
      message: `${limits.instanceType} has no network card ${networkCardIndex}; it has ${limits.networkCards.length}.`,
    };
  if (isRequired && askedIndex >= most)
    return {
      reason: 'DeviceIndexOutOfRange',
      message: `${limits.instanceType} has device indexes 0 to ${most - 1} on network card ${networkCardIndex}; ${askedIndex} is asked for, and deviceIndexPolicy is Require. Ask for a lower one, or write Prefer.`,
    };
  if (onCard < most && onAll >= limits.maximumNetworkInterfaces)
    return {
      reason: 'InstanceLimitReached',
      message: `${limits.instanceType} takes ${limits.maximumNetworkInterfaces} interfaces on all its network cards together and all are in use. Use a larger type or fewer interfaces.`,
    };
  if (onCard < most) return undefined;
  return {
    reason: 'InstanceLimitReached',
    message: `${limits.instanceType} takes ${most} interfaces on network card ${networkCardIndex} and all are in use. Use a larger type or fewer interfaces.`,
  };
};

const inUse = (
  { askedIndex, isRequired }: DeviceIndexRequest,
  holder: string | undefined,
): Fault => {
  const rest = isRequired ? 'deviceIndexPolicy is Require' : 'no other one is free';
  const asked = holder === undefined ? 'is none of the card' : `is in use by ${holder}`;
  return {
    reason: 'DeviceIndexInUse',
    message: `Device index ${askedIndex} ${asked}, and ${rest}.`,
  };
};

/** The ENI at an index of an instance, as EC2 shows it now; undefined for none. */
export const holderOf = (
  { interfaces }: Instance,
  at: { readonly deviceIndex: number; readonly networkCardIndex: number },
): string | undefined => occupancy(interfaces).get(at.networkCardIndex)?.get(at.deviceIndex);

/**
 * Gives every request an index or the reason why not. Exact indexes are served first (required before preferred,
 * then by index, then by name), and the displaced ones take the lowest free index above the one they asked for, or
 * below it where the card has none above.
 * Indexes are per network card, as are the limits ("Elastic network interfaces", EC2 User Guide).
 *
 * In `leaving` are the ids of ENIs that go to another index. Their own one is free for those that require it, who wait until
 * it is; it is not for those that can take another one now.
 */
export const allocateDeviceIndexes = (
  requests: readonly DeviceIndexRequest[],
  { interfaces }: Instance,
  limits: InstanceTypeLimits | undefined,
  leaving: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, DeviceIndexAllocation> => {
  const staying = occupancy(interfaces.filter(({ eniId }) => !leaving.has(eniId)));
  const stillHeld = occupancy(interfaces.filter(({ eniId }) => leaving.has(eniId)));
  const cards = new Map([...staying].map(([card, taken]) => [card, new Map(taken)] as const));
  const allocations = new Map<string, DeviceIndexAllocation>();

  const allocate = (
    request: DeviceIndexRequest,
    choose: (taken: ReadonlyMap<number, string>) => DeviceIndexAllocation | undefined,
  ) => {
    const taken = cards.get(request.networkCardIndex) ?? new Map<number, string>();
    const onAll = [...cards.values()].reduce((sum, { size }) => sum + size, 0);
    const fault = cardFault(request, { onCard: taken.size, onAll }, limits);
    const held = request.isRequired ? [] : (stillHeld.get(request.networkCardIndex) ?? []);
    const chosen = fault === undefined ? choose(new Map([...held, ...taken])) : { fault };
    if (chosen === undefined) return;
    allocations.set(request.slot, chosen);
    if ('deviceIndex' in chosen)
      cards.set(request.networkCardIndex, taken.set(chosen.deviceIndex, request.slot));
  };

  const queue = requests.toSorted(byUrgency);
  for (const request of queue)
    allocate(request, (taken) =>
      taken.has(request.askedIndex) || request.askedIndex > highestOf(request, limits)
        ? undefined
        : { deviceIndex: request.askedIndex },
    );
  for (const request of queue.filter(({ slot }) => !allocations.has(slot)))
    allocate(request, (taken) => {
      const free = request.isRequired
        ? undefined
        : lowestFree(taken, request, highestOf(request, limits));
      if (free !== undefined) return { deviceIndex: free };
      return { fault: inUse(request, taken.get(request.askedIndex)) };
    });
  return allocations;
};
