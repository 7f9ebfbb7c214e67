import type { Clock } from '#core/ports/clock.ts';
import { CallLog } from './call-log.ts';
import type { Random } from './random.ts';

/** How one call is to go wrong. */
export interface Fault {
  /** The service's error code; `TimeoutError` for an answer that never came. */
  readonly code: string;
  readonly message?: string;
  /** True when the call takes effect and only its answer is lost. */
  readonly isAfterEffect?: boolean;
  /** True when the call neither takes effect nor ever comes back. */
  readonly isHanging?: boolean;
}

const LOST_ANSWER: Fault = { code: 'TimeoutError', isAfterEffect: true };
const HANGING: Fault = { code: 'TimeoutError', isHanging: true };

/** Sees a call before its effect, and may let it fail. */
export type OnCall = (action: string, input: object) => Fault | undefined;

/** How often a call goes wrong, and how. Without `action` any call. */
export interface FaultRate {
  readonly action?: string;
  /** 0 to 1. */
  readonly probability: number;
  readonly fault: Fault;
}

/** An `onCall` that lets calls fail at these rates; the same seed gives the same faults. */
export const createFaultTable =
  (random: Random, rates: readonly FaultRate[]) =>
  (action: string): Fault | undefined =>
    rates.find((rate) => (rate.action ?? action) === action && random.next() < rate.probability)
      ?.fault;

type ErrorMaker = (code: string, message: string) => Error;

interface Options {
  readonly clock: Clock;
  readonly makeError: ErrorMaker;
  /** Time each call takes before its effect. */
  readonly latencyMs?: number;
  /** Reconciles at each call and may let it fail: for seeded campaigns. */
  readonly onCall?: OnCall;
}

const actionOf = (method: string): string => method.charAt(0).toUpperCase() + method.slice(1);

const isRefused = (metadata: unknown): boolean =>
  typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;

/** As the SDK notes it, on an answer or a refusal; where nothing came back there is no status and no id. */
const withRequestId = <T>(answer: T, requestId: string): T => {
  const metadata =
    typeof answer === 'object' && answer !== null && '$metadata' in answer && answer.$metadata;
  const isAnswered = !(answer instanceof Error) || isRefused(metadata);
  if (typeof metadata === 'object' && metadata !== null && isAnswered)
    Object.assign(metadata, { requestId });
  return answer;
};

/** Trouble on the way to a service: faults on order, outages, latency, and the moment of a crash. Every call is logged. */
export class Wire {
  readonly log: CallLog;
  readonly #options: Options;
  readonly #ordered = new Map<string, Fault[]>();
  #isUnreachable = false;
  #callsUntilCrash = Number.POSITIVE_INFINITY;
  #crash: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
    this.log = new CallLog(options.clock);
  }

  /** The next call of this action fails like that. */
  failNext(action: string, fault: Fault): void {
    this.#ordered.set(action, [...(this.#ordered.get(action) ?? []), fault]);
  }

  /** The next call of this action takes effect, and its answer never arrives. */
  failNextAfterEffect(action: string): void {
    this.failNext(action, LOST_ANSWER);
  }

  /** The next call of this action is never answered. */
  hangNext(action: string): void {
    this.failNext(action, HANGING);
  }

  setUnreachable(isUnreachable: boolean): void {
    this.#isUnreachable = isUnreachable;
  }

  /** Calls back once this many further changing calls have been done, before the last is answered. */
  crashAfter(mutatingCalls: number, crash: () => void): void {
    this.#callsUntilCrash = mutatingCalls;
    this.#crash = crash;
  }

  /** The same API with the trouble before it. Methods must be own properties that take one input. */
  wrap<T extends object>(api: T): T {
    const entries = Object.entries(api).map(([method, call]) => [
      method,
      (input: object) =>
        this.#send(actionOf(method), input, () =>
          (call as (input: object) => Promise<unknown>)(input),
        ),
    ]);
    return Object.fromEntries(entries) as T;
  }

  async #send(action: string, input: object, effect: () => Promise<unknown>): Promise<unknown> {
    const { latencyMs = 0, clock, onCall } = this.#options;
    if (latencyMs > 0) await clock.sleep(latencyMs);
    const fault = this.#takeFault(action) ?? onCall?.(action, input);
    if (fault?.isHanging === true) return this.#hang(action, input, fault);
    if (fault !== undefined && fault.isAfterEffect !== true) this.#refuse(action, input, fault);
    const answer = await this.#perform(action, input, effect);
    if (fault !== undefined) throw this.#error(fault);
    if (!action.startsWith('Describe')) {
      this.#callsUntilCrash -= 1;
      if (this.#callsUntilCrash === 0) this.#crash();
    }
    return answer;
  }

  async #perform(action: string, input: object, effect: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await effect();
      return withRequestId(answer, this.log.add(action, input));
    } catch (error) {
      throw withRequestId(
        error,
        this.log.add(action, input, error instanceof Error ? error.name : 'Error'),
      );
    }
  }

  #takeFault(action: string): Fault | undefined {
    if (this.#isUnreachable) return { code: 'TimeoutError', message: 'no answer' };
    const [fault, ...rest] = this.#ordered.get(action) ?? [];
    if (fault !== undefined) this.#ordered.set(action, rest);
    return fault;
  }

  #refuse(action: string, input: object, fault: Fault): never {
    const requestId = this.log.add(action, input, fault.code);
    throw withRequestId(this.#error(fault), requestId);
  }

  #hang(action: string, input: object, { code }: Fault): Promise<never> {
    this.log.add(action, input, code);
    return new Promise(() => undefined);
  }

  #error({ code, message = code }: Fault): Error {
    return this.#options.makeError(code, message);
  }
}
