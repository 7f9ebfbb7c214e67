import type { Clock } from '#core/ports/clock.ts';

export interface LoggedCall {
  readonly action: string;
  readonly at: Date;
  readonly input: object;
  /** The code of the refusal, when there was one. */
  readonly errorCode?: string;
  /** As the answer, or the refusal, names it. */
  readonly requestId?: string;
}

/** What was called, in order: the simulator's side of "how many calls did that take". */
export class CallLog {
  readonly #clock: Clock;
  #calls: LoggedCall[] = [];
  #requests = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Out: the id of the request. */
  add(action: string, input: object, errorCode?: string): string {
    this.#requests += 1;
    const requestId = `request-${this.#requests}`;
    const call = { action, input, at: this.#clock.now(), requestId };
    this.#calls.push(errorCode === undefined ? call : { ...call, errorCode });
    return requestId;
  }

  get calls(): readonly LoggedCall[] {
    return this.#calls;
  }

  /** Calls that change something, refused ones included. */
  get mutating(): readonly LoggedCall[] {
    return this.#calls.filter(({ action }) => !action.startsWith('Describe'));
  }

  /** A place in the log, for `since`. */
  mark(): number {
    return this.#calls.length;
  }

  /** Calls after a mark. */
  since(mark: number): readonly LoggedCall[] {
    return this.#calls.slice(mark);
  }

  counts(): Readonly<Record<string, number>> {
    const groups = Map.groupBy(this.#calls, ({ action }) => action);
    return Object.fromEntries([...groups].map(([action, calls]) => [action, calls.length]));
  }

  clear(): void {
    this.#calls = [];
  }
}
