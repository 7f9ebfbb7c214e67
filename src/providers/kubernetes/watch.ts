import type { IncomingMessage } from 'node:http';
import { CallError, failureOf } from '#core/errors.ts';
import type { KubernetesApi, KubernetesObject, Resource, WatchEvent } from './kubernetes-api.ts';
import type { KubernetesTransport } from './kubernetes-transport.ts';
import { pathOf } from './resource-path.ts';

/** The server ends a watch after this long, and sends bookmarks about once a minute until then. */
const WATCH_SECONDS = 600;

const PAGE_SIZE = 500;

interface WatchLine {
  readonly type: WatchEvent['type'] | 'ERROR';
  readonly object: KubernetesObject & { readonly code?: number; readonly message?: string };
}

const tellLine = (line: string, onEvent: (event: WatchEvent) => void): void => {
  const { type, object } = JSON.parse(line) as WatchLine;
  if (type === 'ERROR')
    throw new CallError(
      object.code === 410 ? 'Conflict' : 'Unknown',
      `Watch${object.code}`,
      object.message ?? 'the watch ended with an error',
    );
  onEvent({ type, object });
};

/** One event a line, split by hand: a line may come in several chunks. */
const readLines = async (
  response: IncomingMessage,
  onLine: (line: string) => void,
): Promise<void> => {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
};

type Query = Readonly<Record<string, string | number | boolean>>;

/**
 * The list as the start of the watch ("Streaming lists", kubernetes.io). A server without it refuses: then a list, page
 * by page, and a watch from there tell the same.
 */
export const createWatch = (
  open: KubernetesTransport,
  list: KubernetesApi['list'],
): KubernetesApi['watch'] => {
  const follow = async (
    resource: Resource,
    query: Query,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const response = await open({
      method: 'GET',
      path: pathOf(resource),
      query: { watch: true, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS, ...query },
      signal,
      idleTimeoutSeconds: WATCH_SECONDS,
    });
    await readLines(response, (line) => tellLine(line, onEvent));
  };

  const listFirst = async (
    resource: Resource,
    onEvent: (event: WatchEvent) => void,
  ): Promise<string> => {
    let page = await list(resource, { limit: PAGE_SIZE });
    for (const object of page.items) onEvent({ type: 'ADDED', object });
    while (page.continue !== undefined) {
      page = await list(resource, { limit: PAGE_SIZE, continue: page.continue });
      for (const object of page.items) onEvent({ type: 'ADDED', object });
    }
    onEvent({ type: 'BOOKMARK', object: { metadata: { name: '' } } });
    return page.resourceVersion;
  };

  return async (resource, onEvent, signal) => {
    const streaming = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
    try {
      await follow(resource, streaming, onEvent, signal).catch(async (error: unknown) => {
        if (signal.aborted || failureOf(error) !== 'Invalid') throw error;
        const resourceVersion = await listFirst(resource, onEvent);
        await follow(resource, { resourceVersion }, onEvent, signal);
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
};
