import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';
import {
  type CallError,
  FAILURE_RULES,
  type FailureClass,
  type FailureRule,
} from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { Setback } from '#core/instance/setback.ts';

/** Codes that say more than their class does: the condition reason people see, and when to try again. */
const BY_CODE: Readonly<Record<string, FailureRule>> = {
  // Where the subnet's free addresses tell of it the next reconcile asks nothing; where they do not, it asks ever less.
  InsufficientFreeAddressesInSubnet: {
    reason: 'SubnetFull',
    retryAfterSeconds: 60,
    isEscalating: true,
  },
  // No free block for a prefix: of a create call the next one asks for single addresses only.
  InsufficientCidrBlocks: {
    reason: 'SubnetFragmented',
    retryAfterSeconds: 60,
    isEscalating: true,
  },
  PrivateIpAddressLimitExceeded: {
    reason: 'TooManyAddresses',
    retryAfterSeconds: 300,
    isEscalating: true,
  },
  SecurityGroupsPerInterfaceLimitExceeded: {
    reason: 'TooManySecurityGroups',
    retryAfterSeconds: 300,
    isEscalating: true,
  },
  AttachmentLimitExceeded: {
    reason: 'InstanceLimitReached',
    retryAfterSeconds: 300,
    isEscalating: true,
  },
  NetworkInterfaceLimitExceeded: {
    reason: 'RegionLimitReached',
    retryAfterSeconds: 300,
    isEscalating: true,
  },
};

const SUBNET_GONE: FailureRule = {
  reason: 'SubnetNotFound',
  retryAfterSeconds: 15,
  isEscalating: true,
};
const GROUP_GONE: FailureRule = { ...SUBNET_GONE, reason: 'SecurityGroupNotFound' };

/** What a NodeENI refers to and EC2 no longer knows: it was looked up a moment ago, and is looked up anew before the next call. */
const referenceRule = ({ failure, code }: CallError): FailureRule | undefined => {
  if (failure !== 'NotFound') return undefined;
  if (code.startsWith('InvalidSubnet')) return SUBNET_GONE;
  return /^Invalid(Security)?Group/.test(code) ? GROUP_GONE : undefined;
};

const LONGEST_WAIT_SECONDS = 3600;

const ruleOf = (error: CallError): FailureRule =>
  BY_CODE[error.code] ?? referenceRule(error) ?? FAILURE_RULES[error.failure];

const PASSING = new Set<FailureClass>([
  'Throttled',
  'NotReady',
  'NotFound',
  'Conflict',
  'AlreadyDone',
]);

/** What passes by itself. A create call that is refused, for whatever reason, is asked for anew and not again. */
const isPassing = (error: CallError, { type }: InterfaceAction): boolean =>
  error.failure === 'Throttled' ||
  (PASSING.has(error.failure) && type !== 'create' && referenceRule(error) === undefined);

interface Refused {
  readonly action: InterfaceAction;
  readonly previous: BackOff | undefined;
  /** That of the NodeENI, as it was when EC2 was asked. */
  readonly generation: number | undefined;
  /** The retry annotation of the NodeENI. */
  readonly retry?: string | undefined;
  readonly now: Date;
  /** False for a create call that was made before, whose ENI may come still. */
  readonly isFirstTry: boolean;
}

/**
 * What a failed call stands for from now on: no further one of its kind in this reconcile, the reason for people, and the wait.
 * What passes by itself is only requeued; what only a person can change is recorded, and each further
 * refusal doubles the wait, so that the number of calls does not grow with time.
 */
export const setbackFor = (
  error: CallError,
  { action, previous, generation, retry, now, isFirstTry }: Refused,
): Setback => {
  const { reason, retryAfterSeconds, isEscalating } = ruleOf(error);
  const passes = isPassing(error, action);
  const isAgain = previous?.reason === reason && previous.nodeEniGeneration === generation;
  const failures = isAgain ? previous.failures + 1 : 1;
  const wait = Math.min(
    retryAfterSeconds * (isEscalating ? 2 ** Math.min(failures - 1, 12) : 1),
    LONGEST_WAIT_SECONDS,
  );
  const seconds = passes ? error.retryAfterSeconds : wait;
  const isRefusal = error.failure !== 'Unknown';
  // A token that EC2 knows with other parameters may stand for an ENI, and so may an attempt before the one that was refused.
  const isSure = isFirstTry && error.attempts === 1 && error.failure !== 'Mismatch';
  const leavesNothing = action.type === 'create' && isRefusal && !passes && isSure;
  return {
    reason,
    message: error.message,
    isRefusal,
    until: new Date(now.getTime() + seconds * 1000).toISOString(),
    failures,
    ...(generation !== undefined && { nodeEniGeneration: generation }),
    ...(retry !== undefined && { retry }),
    ...(passes && { isPassing: true }),
    ...(leavesNothing && { isVoid: true }),
  };
};
