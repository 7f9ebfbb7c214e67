import type { BackOff, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { type InterfaceAction, type Purpose, purposeOf } from '#core/instance/interface-action.ts';
import { secondsSince } from '#core/instance/observed.ts';
import { CHANGED_BY_OTHERS } from '#core/instance/setback.ts';

/** Repairs that are made at once: people try things, and a first clean-up is no fight. */
const PATIENT_REPAIRS = 2;
const FIRST_WAIT_SECONDS = 300;
const LONGEST_WAIT_SECONDS = 3600;

/** A repair that lasts so long is forgotten. */
const MEMORY_SECONDS = 6 * 3600;

const WHAT: Readonly<Partial<Record<Purpose, string>>> = {
  'set-groups': 'the security groups',
  'set-description': 'the description',
  'set-source-dest-check': 'the source/destination check',
  'set-delete-on-termination': 'the delete-on-termination flag',
  'assign-ipv4': 'the secondary addresses',
  'assign-ipv6': 'the IPv6 addresses',
  'assign-ipv4-prefixes': 'the IPv4 prefixes',
  'assign-ipv6-prefixes': 'the IPv6 prefixes',
};

/** True for a call that sets right what was right already when the instance was last reconciled. */
export const isRepair = (
  action: InterfaceAction,
  stored: SlotSpec | undefined,
  isNewlyAttached: boolean,
): boolean => {
  switch (action.type) {
    case 'create':
      return stored?.eniId !== undefined || (stored?.givenUp ?? []).length > 0;
    case 'attach':
      return stored?.deviceIndex !== undefined;
    case 'detach':
    case 'delete':
    case 'give-up':
      return false;
    default:
      if (purposeOf(action) === 'grow-prefixes') return false;
      return !isNewlyAttached && stored?.eniId === action.eniId && stored.deviceIndex !== undefined;
  }
};

const happened = (action: InterfaceAction, times: number): string => {
  if (action.type === 'create')
    return `The ENI of this slot was deleted or taken by somebody else ${times} times.`;
  if (action.type === 'attach')
    return `${action.eniId} was detached or moved by somebody else ${times} times.`;
  const what = WHAT[purposeOf(action)] ?? 'tags';
  return `Somebody else changed ${what} of ${action.eniId} ${times} times, and it was set right as often.`;
};

/**
 * What is remembered of a repair. One that is undone again and again is a fight with somebody: it is made less and less often,
 * so that no request budget is spent on it, and told of while it waits. An edit of the NodeENI begins anew.
 */
export const repairNote = (
  action: InterfaceAction,
  {
    previous,
    generation,
    retry,
    now,
  }: {
    readonly previous: BackOff | undefined;
    readonly generation: number | undefined;
    readonly retry?: string | undefined;
    readonly now: Date;
  },
): BackOff => {
  const isAgain =
    previous?.reason === CHANGED_BY_OTHERS &&
    previous.nodeEniGeneration === generation &&
    secondsSince(previous.until, now) < MEMORY_SECONDS;
  const times = isAgain ? previous.failures + 1 : 1;
  const wait =
    times <= PATIENT_REPAIRS
      ? 0
      : Math.min(FIRST_WAIT_SECONDS * 2 ** (times - PATIENT_REPAIRS - 1), LONGEST_WAIT_SECONDS);
  const until = new Date(now.getTime() + wait * 1000).toISOString();
  return {
    reason: CHANGED_BY_OTHERS,
    message: `${happened(action, times)} Find out who does it (AWS CloudTrail names them), or ask in the NodeENI for what they want. The next repair is made after ${until}.`,
    isRefusal: false,
    until,
    failures: times,
    ...(generation !== undefined && { nodeEniGeneration: generation }),
    ...(retry !== undefined && { retry }),
  };
};
