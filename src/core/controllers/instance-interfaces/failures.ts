import type { BackOff } from '#core/apis/v1alpha1/node-eni-state.ts';
import { CallError, FAILURE_RULES, type FailureRule } from '#core/errors.ts';
import type { Observed } from './observed.ts';
import { report, type SlotPlan } from './slot-plan.ts';

/** Codes that say more than their class does: the condition reason people see, and when to try again. */
const BY_CODE: Readonly<Record<string, FailureRule>> = {
  // The next look reads the subnet's free addresses first, so trying again soon costs no refused call.
  InsufficientFreeAddressesInSubnet: {
    reason: 'SubnetFull',
    retryAfterSeconds: 60,
    isEscalating: false,
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

const LONGEST_WAIT_SECONDS = 3600;

const ruleOf = (error: CallError): FailureRule =>
  BY_CODE[error.code] ?? FAILURE_RULES[error.failure];

/** An error nobody classified is treated as Unknown, with its own text. */
export const asCallError = (error: unknown): CallError =>
  error instanceof CallError
    ? error
    : new CallError('Unknown', 'Error', error instanceof Error ? error.message : String(error), {
        cause: error,
      });

interface Refused {
  readonly previous: BackOff | undefined;
  /** That of the NodeENI, as it was when EC2 was asked. */
  readonly generation: number | undefined;
  readonly now: Date;
}

const backOffFor = (error: CallError, { previous, generation, now }: Refused): BackOff => {
  const { reason, retryAfterSeconds, isEscalating } = ruleOf(error);
  const isAgain = previous?.reason === reason && previous.nodeEniGeneration === generation;
  const failures = isAgain ? previous.failures + 1 : 1;
  const wait = Math.min(
    retryAfterSeconds * (isEscalating ? 2 ** Math.min(failures - 1, 12) : 1),
    LONGEST_WAIT_SECONDS,
  );
  return {
    reason,
    message: error.message,
    isRefusal: error.failure !== 'Unknown',
    until: new Date(now.getTime() + wait * 1000).toISOString(),
    failures,
    ...(generation !== undefined && { nodeEniGeneration: generation }),
  };
};

const passes = new Set(['Throttled', 'NotReady', 'NotFound', 'Conflict', 'AlreadyDone']);

/**
 * The plan of a slot whose call just failed: no further call in this look, the reason for people, and the wait.
 * What passes by itself is only looked at again; what only a person can change is recorded, and each further
 * refusal doubles the wait, so that the number of calls does not grow with time.
 */
export const withFailure = (plan: SlotPlan, error: CallError, observed: Observed): SlotPlan => {
  const { reason } = ruleOf(error);
  const { action: _, ...rest } = plan;
  if (passes.has(error.failure))
    return {
      ...rest,
      report: report(plan.report?.phase ?? 'Pending', reason, error.message),
      lookAgainSeconds: error.retryAfterSeconds,
    };

  const stored = observed.state?.spec.interfaces?.[plan.slot];
  const nodeEni = observed.nodeEnis.find(({ metadata }) => metadata.name === plan.nodeEni);
  const backOff = backOffFor(error, {
    previous: stored?.backOff,
    generation: nodeEni?.metadata.generation,
    now: observed.now,
  });
  const record = plan.record ?? stored;
  return {
    ...rest,
    ...(record ? { record: { ...record, backOff } } : {}),
    report: report(
      plan.report?.phase === 'Releasing' ? 'Releasing' : 'Failed',
      backOff.reason,
      backOff.message,
    ),
    lookAgainSeconds: (Date.parse(backOff.until) - observed.now.getTime()) / 1000,
  };
};
