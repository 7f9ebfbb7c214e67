import { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Fault } from '#simulator/faults.ts';
import type { CallFailure, KubernetesCall } from '#simulator/kubernetes/injected-failures.ts';
import type { Random } from '#simulator/random.ts';
import { createDisturbance, type Disturbance } from '#simulator/sqs/disturbance.ts';
import type { CallTrouble, Happening } from './history.ts';

type CallsFail = Extract<Happening, { kind: 'calls-fail' }>;
type EventsSuffer = Extract<Happening, { kind: 'events-suffer' }>;

interface Lasting {
  readonly untilMs: number;
}

/** Certain calls fail in one way, every time. */
export interface Refusal extends Lasting {
  /** Everything else works as well as it does without. */
  readonly isHarmless?: boolean;
  /** A rule of the account, which does not heal. */
  readonly isLasting?: boolean;
  readonly ec2?: (action: string, input: object) => Fault | undefined;
  readonly autoScaling?: (action: string) => Fault | undefined;
  readonly kubernetes?: (call: KubernetesCall) => CallFailure | undefined;
}

const EC2_FAULTS: Readonly<Record<CallTrouble, Fault>> = {
  throttled: { code: 'RequestLimitExceeded' },
  'lost-request': { code: 'TimeoutError' },
  'lost-answer': { code: 'TimeoutError', isAfterEffect: true },
  refused: { code: 'UnauthorizedOperation' },
};

const AUTO_SCALING_FAULTS: Readonly<Record<CallTrouble, Fault>> = {
  ...EC2_FAULTS,
  throttled: { code: 'ThrottlingException' },
  refused: { code: 'AccessDenied' },
};

const SSM_FAULTS: Readonly<Record<CallTrouble, Fault>> = {
  ...EC2_FAULTS,
  throttled: { code: 'ThrottlingException' },
  refused: { code: 'AccessDeniedException' },
};

const unknown = (): CallError => new CallError('Unknown', 'Unreachable', 'connection reset');

const KUBERNETES_FAILURES: Readonly<Record<CallTrouble, () => CallFailure>> = {
  throttled: () => ({
    error: new CallError('Throttled', 'TooManyRequests', 'try later'),
    when: 'before',
  }),
  'lost-request': () => ({ error: unknown(), when: 'before' }),
  'lost-answer': () => ({ error: unknown(), when: 'after' }),
  refused: () => ({ error: new CallError('Denied', 'Forbidden', 'not allowed'), when: 'before' }),
};

/** What goes wrong at this moment, and what a call therefore meets. */
export const createTrouble = (clock: () => Clock | undefined, random: Random) => {
  let failing: (CallsFail & Lasting)[] = [];
  let suffering: (EventsSuffer & Lasting)[] = [];
  let refusals: Refusal[] = [];
  let isOver = false;
  let lastMs = 0;
  const silences: { readonly fromMs: number; readonly untilMs: number }[] = [];
  let silentUntilMs = 0;
  const now = (): number => clock()?.now().getTime() ?? 0;

  /** Trouble of any kind lasts until this moment at least. */
  const lastsUntil = (ms: number): void => {
    lastMs = Math.max(lastMs, ms);
  };

  const drawn = (of: CallsFail['of']): CallTrouble | undefined =>
    failing.find(
      (trouble) =>
        trouble.of === of && trouble.untilMs > now() && random.next() < trouble.probability,
    )?.how;

  /** What the first refusal says that is about this call. */
  const refused = <Failure>(
    ask: (refusal: Refusal) => Failure | undefined,
  ): Failure | undefined => {
    for (const refusal of refusals) {
      const failure = refusal.untilMs > now() ? ask(refusal) : undefined;
      if (failure !== undefined) return failure;
    }
    return undefined;
  };

  const disturb = (): Disturbance => {
    const current = suffering.find(({ untilMs }) => untilMs > now());
    return current === undefined ? () => [0] : createDisturbance(random.next, current);
  };

  return {
    lastsUntil,
    lastMs: () => lastMs,
    begin(trouble: CallsFail | EventsSuffer): void {
      const untilMs = now() + trouble.forSeconds * 1000;
      lastsUntil(untilMs);
      if (trouble.kind === 'calls-fail') failing.push({ ...trouble, untilMs });
      else suffering.push({ ...trouble, untilMs });
    },
    refuse(refusal: Refusal): void {
      if (isOver) return;
      if (refusal.isHarmless !== true) lastsUntil(refusal.untilMs);
      refusals.push(refusal);
    },
    /** Nothing goes wrong from now on. */
    end(): void {
      isOver = true;
      failing = [];
      suffering = [];
      refusals = refusals.filter(({ isLasting }) => isLasting);
    },
    isOver: (): boolean => isOver,
    ec2: (action: string, input: object): Fault | undefined => {
      const how = drawn('ec2');
      return how ? EC2_FAULTS[how] : refused((one) => one.ec2?.(action, input));
    },
    autoScaling: (action: string): Fault | undefined => {
      const how = drawn('auto-scaling');
      return how ? AUTO_SCALING_FAULTS[how] : refused((one) => one.autoScaling?.(action));
    },
    ssm: (): Fault | undefined => {
      const how = drawn('ssm');
      return how && SSM_FAULTS[how];
    },
    kubernetes: (call: KubernetesCall): CallFailure | undefined => {
      const how = drawn('kubernetes');
      return how ? KUBERNETES_FAILURES[how]() : refused((one) => one.kubernetes?.(call));
    },
    /** Nobody hears of anything for so long, and nothing else is wrong. */
    silence(seconds: number): void {
      const untilMs = now() + seconds * 1000;
      silences.push({ fromMs: now(), untilMs });
      silentUntilMs = Math.max(silentUntilMs, untilMs);
    },
    /** Whether nobody heard of what happened then. */
    wasSilent: (atMs: number): boolean =>
      silences.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs),
    events: () => (now() < silentUntilMs ? [] : disturb()()),
  };
};
