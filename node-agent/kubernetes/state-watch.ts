import { createInterface } from 'node:readline';
import { z } from 'zod';
import { messageOf } from '../agent/errors.ts';
import type { ApiClient } from './api-client.ts';
import { STATES_PATH } from './state-client.ts';

const metadataSchema = z.looseObject({ resourceVersion: z.string() });
const objectSchema = z.looseObject({ metadata: metadataSchema });
const listSchema = z.object({ metadata: metadataSchema, items: z.array(z.unknown()) });
const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']), object: objectSchema }),
  z.object({
    type: z.literal('ERROR'),
    object: z.looseObject({ message: z.string().default('') }),
  }),
]);

/** The server ends a watch after this time, so that a connection that died silently is not kept for ever. */
const WATCH_SECONDS = 300;
const LONGEST_WAIT_SECONDS = 30;

/** A server that ends each watch at once is asked no more often. */
const SHORTEST_PERIOD_SECONDS = 1;

/** A watch that goes on for so long shows that the server is well again. */
const LASTING_SECONDS = 10;

export interface StateWatch {
  readonly api: ApiClient;
  readonly instanceId: string;
  /** Called with the object as it is now; undefined when there is none. */
  readonly onState: (state: unknown) => void;
  /** Called when the API server cannot be followed; it is tried again. */
  readonly onProblem: (message: string) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A clock that only counts up. */
  readonly seconds: () => number;
  readonly signal: AbortSignal;
}

const list = async ({ api, instanceId, onState, signal }: StateWatch): Promise<string> => {
  const answer = await api.send({
    path: STATES_PATH,
    query: { fieldSelector: `metadata.name=${instanceId}` },
    signal,
  });
  const { metadata, items } = listSchema.parse(answer);
  onState(items[0]);
  return metadata.resourceVersion;
};

/** Follows changes until the server ends the stream; the version to go on from. */
const follow = async (watch: StateWatch, resourceVersion: string): Promise<string> => {
  const stream = await watch.api.open({
    path: STATES_PATH,
    query: {
      fieldSelector: `metadata.name=${watch.instanceId}`,
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion,
    },
    idleTimeoutSeconds: WATCH_SECONDS + LONGEST_WAIT_SECONDS,
    signal: watch.signal,
  });
  let latest = resourceVersion;
  for await (const line of createInterface({ input: stream })) {
    const event = eventSchema.parse(JSON.parse(line));
    if (event.type === 'ERROR') throw new Error(event.object.message);
    latest = event.object.metadata.resourceVersion;
    if (event.type !== 'BOOKMARK')
      watch.onState(event.type === 'DELETED' ? undefined : event.object);
  }
  return latest;
};

/**
 * Follows exactly one NodeENIState until the signal: a list, then a watch from there ("Efficient detection of changes",
 * kubernetes.io). After an error it lists anew, waiting longer each time until a watch
 * lasts, so that a server that is back is not overrun.
 */
export const watchState = async (watch: StateWatch): Promise<void> => {
  const { seconds, sleep, signal } = watch;
  let waitSeconds = 1;
  while (!signal.aborted) {
    let beganAt = seconds();
    try {
      let version = await list(watch);
      while (!signal.aborted) {
        beganAt = seconds();
        version = await follow(watch, version);
        await sleep(Math.max(0, SHORTEST_PERIOD_SECONDS - (seconds() - beganAt)) * 1000);
      }
    } catch (error) {
      if (signal.aborted) return;
      watch.onProblem(messageOf(error));
      if (seconds() - beganAt >= LASTING_SECONDS) waitSeconds = 1;
      await sleep(waitSeconds * 1000 * (0.5 + Math.random() / 2));
      waitSeconds = Math.min(waitSeconds * 2, LONGEST_WAIT_SECONDS);
    }
  }
};
