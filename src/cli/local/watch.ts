import type { Clock } from '#core/ports/clock.ts';
import type { TelemetryLogger } from '#core/ports/telemetry.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import type {
  KubernetesApi,
  KubernetesObject,
  WatchEvent,
} from '#providers/kubernetes/kubernetes-api.ts';
import type { NodeEniView } from './node-eni-view.ts';
import { keysOf, type Watched } from './watched-change.ts';

interface Dependencies {
  readonly kubernetes: Pick<KubernetesApi, 'watch'>;
  readonly clock: Clock;
  readonly logger: TelemetryLogger;
  readonly hint: (keys: readonly WorkKey[]) => void;
  readonly signal: AbortSignal;
  /** Whoever wants to see the objects themselves as they come and go. */
  readonly view?: Pick<NodeEniView, 'see' | 'forget'>;
}

interface Seen {
  readonly essence: string;
  readonly keys: readonly WorkKey[];
}

const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 30;

/** Remembers what was seen of each object, and asks for a reconcile when that changes. */
const createMemory = (
  { resource, essence }: Watched,
  { hint, view }: Pick<Dependencies, 'hint' | 'view'>,
) => {
  const seen = new Map<string, Seen>();
  const textOf = (object: KubernetesObject | undefined): string => JSON.stringify(essence(object));
  const absent: Seen = { essence: textOf(undefined), keys: [] };
  let listed: Set<string> | undefined;
  let isFilled = false;

  const note = (object: KubernetesObject): void => {
    const { name } = object.metadata;
    listed?.add(name);
    view?.see(object);
    const before = seen.get(name) ?? absent;
    const now = { essence: textOf(object), keys: keysOf(resource, object) };
    seen.set(name, now);
    // The first list is what the first sweep reads.
    if (isFilled && before.essence !== now.essence) hint([...before.keys, ...now.keys]);
  };

  const forget = (name: string): void => {
    const before = seen.get(name) ?? absent;
    seen.delete(name);
    view?.forget(name);
    if (before.essence !== absent.essence) hint(before.keys);
  };

  return {
    /** A server tells all objects again when a watch begins; those it leaves out are gone. */
    begin(): void {
      listed = new Set();
    },
    take({ type, object }: WatchEvent): void {
      if (type === 'ADDED' || type === 'MODIFIED') note(object);
      if (type === 'DELETED') forget(object.metadata.name);
      if (type !== 'BOOKMARK' || listed === undefined) return;
      for (const name of seen.keys()) if (!listed.has(name)) forget(name);
      listed = undefined;
      isFilled = true;
    },
    isFilled: () => isFilled,
  };
};

/**
 * Watches one kind of object until the signal aborts, and asks for reconciles. Starts again when the server ends the watch,
 * after 1 s and then up to 30 s when that fails. Out: resolves once the first list has been read.
 */
export const watch = (
  watched: Watched,
  { kubernetes, clock, logger, signal, ...memorized }: Dependencies,
): Promise<void> => {
  const { promise: filled, resolve } = Promise.withResolvers<void>();
  const memory = createMemory(watched, memorized);
  const { plural } = watched.resource;

  const follow = async (): Promise<void> => {
    let pauseSeconds = FIRST_PAUSE_SECONDS;
    while (!signal.aborted) {
      memory.begin();
      let isServed = false;
      const take = (event: WatchEvent): void => {
        memory.take(event);
        isServed = true;
        if (memory.isFilled()) resolve();
      };
      try {
        await kubernetes.watch(watched.resource, take, signal);
      } catch (error) {
        logger.warn('watch ended', { resource: plural, error });
      }
      if (isServed) pauseSeconds = FIRST_PAUSE_SECONDS;
      if (signal.aborted) return;
      await clock.sleep(pauseSeconds * 1000);
      if (!isServed) pauseSeconds = Math.min(2 * pauseSeconds, LONGEST_PAUSE_SECONDS);
    }
  };

  void follow();
  return filled;
};
