export type Verb = 'get' | 'list' | 'create' | 'patch' | 'delete' | 'watch';

/** A call as it leaves the client. */
export interface KubernetesCall {
  readonly verb: Verb;
  /** Plural of the resource. */
  readonly resource: string;
  readonly subresource?: 'status';
  readonly name?: string;
  readonly userName: string;
}

/** A failure of one call: `before` its effect, or `after` it, when only the answer is lost. */
export interface CallFailure {
  /** A CallError where the server or the way to it fails. */
  readonly error: Error;
  readonly when: 'before' | 'after';
}

const targetOf = (verb: Verb, resource: string): string => `${verb} ${resource}`;

/** Failures asked for one call each, first in first out. */
export class InjectedFailures {
  readonly #failures = new Map<string, CallFailure[]>();

  /** `resource` is a plural, or `plural/status` for that subresource alone. */
  add(verb: Verb, resource: string, failure: CallFailure): void {
    const target = targetOf(verb, resource);
    this.#failures.set(target, [...(this.#failures.get(target) ?? []), failure]);
  }

  take({ verb, resource, subresource }: KubernetesCall): CallFailure | undefined {
    const own = subresource && this.#failures.get(targetOf(verb, `${resource}/${subresource}`));
    return own?.shift() ?? this.#failures.get(targetOf(verb, resource))?.shift();
  }
}
