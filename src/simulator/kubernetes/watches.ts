import type { CallError } from '#core/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type {
  KubernetesObject,
  Resource,
  WatchEvent,
} from '#providers/kubernetes/kubernetes-api.ts';
import type { ObjectStore } from './object-store.ts';
import { typeOf } from './served-resources.ts';

type End = { readonly error?: CallError };

/** Marks the end of the first events ("Streaming lists", kubernetes.io). */
const bookmarkAt = (resource: Resource, resourceVersion: string): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    ...typeOf(resource),
    metadata: {
      name: '',
      resourceVersion,
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  },
});

const added = (object: KubernetesObject): WatchEvent => ({ type: 'ADDED', object });

/** The open watches. Each gets its events in order, outside the write that caused them. */
export class Watches {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #ends = new Set<(end: End) => void>();

  constructor(store: ObjectStore, clock: Clock, latencyMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  /** Ends every open watch: normally, or with an error as a lost connection does. */
  end(error?: CallError): void {
    for (const end of this.#ends) end(error === undefined ? {} : { error });
  }

  /** Runs until the signal aborts or the watch is ended; rejects with the error it was ended with. */
  async run(
    resource: Resource,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const pending: WatchEvent[] = [
      ...this.#store.list(resource).map(added),
      bookmarkAt(resource, this.#store.revision),
    ];
    let ended: End | undefined = signal.aborted ? {} : undefined;
    let wake = (): void => {};
    const end = (how: End): void => {
      ended ??= how;
      wake();
    };
    const onAbort = (): void => end({});
    const unsubscribe = this.#store.subscribe(({ type, object, resource: { group, plural } }) => {
      if (group !== resource.group || plural !== resource.plural) return;
      pending.push({ type, object });
      wake();
    });
    this.#ends.add(end);
    signal.addEventListener('abort', onAbort);
    try {
      while (ended === undefined) {
        for (const event of pending.splice(0)) onEvent(event);
        if (pending.length > 0 || ended !== undefined) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (this.#latencyMs > 0) await this.#clock.sleep(this.#latencyMs);
      }
    } finally {
      unsubscribe();
      this.#ends.delete(end);
      signal.removeEventListener('abort', onAbort);
    }
    if (ended.error !== undefined) throw ended.error;
  }
}
