import { describe, expect, onTestFinished, vi } from 'vitest';
import type { KubernetesApi, WatchEvent } from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { createNode, type Rules, uniqueName } from './kubernetes-subject.ts';

/** A server may send further bookmarks whenever it likes. */
const isNoLaterBookmark = () => {
  let isListed = false;
  return ({ type }: WatchEvent): boolean => {
    if (type === 'BOOKMARK' && isListed) return false;
    isListed ||= type === 'BOOKMARK';
    return true;
  };
};

/** Watches Nodes until the test ends; `seen` are the events about one of them, and the bookmark that ends the list. */
const startWatch = (api: KubernetesApi, nodeName: string) => {
  const events: WatchEvent[] = [];
  const controller = new AbortController();
  const ended = api.watch(NODES, (event) => events.push(event), controller.signal);
  const seen = () =>
    events
      .filter(isNoLaterBookmark())
      .filter(({ type, object }) => type === 'BOOKMARK' || object.metadata.name === nodeName)
      .map(({ type }) => type);
  const stop = async () => {
    controller.abort();
    await ended;
  };
  onTestFinished(stop);
  return { events, seen, stop };
};

const expectSeen = (seen: () => readonly string[], events: readonly string[]) =>
  vi.waitFor(() => expect(seen()).toEqual(events), { timeout: 30_000, interval: 20 });

/** Watches over real time. */
export const describeWatch = ({ api, rule }: Rules): void => {
  describe('watch', () => {
    rule('tells what is there, a bookmark, and then every change', async () => {
      const { metadata } = await createNode(api());
      const { seen } = startWatch(api(), metadata.name);

      await expectSeen(seen, ['ADDED', 'BOOKMARK']);
      await api().patch(NODES, metadata.name, {
        type: 'merge',
        body: { metadata: { labels: { changed: 'yes' } } },
      });
      await api().delete(NODES, metadata.name);

      await expectSeen(seen, ['ADDED', 'BOOKMARK', 'MODIFIED', 'DELETED']);
    });

    rule('tells several watchers', async () => {
      const name = uniqueName('node');
      const watches = [startWatch(api(), name), startWatch(api(), name)];
      for (const { seen } of watches) await expectSeen(seen, ['BOOKMARK']);

      await createNode(api(), { name });

      for (const { seen } of watches) await expectSeen(seen, ['BOOKMARK', 'ADDED']);
    });

    rule('tells the last state of a deleted object under a newer resourceVersion', async () => {
      const { metadata } = await createNode(api(), { labels: { last: 'state' } });
      const { events, seen } = startWatch(api(), metadata.name);
      await expectSeen(seen, ['ADDED', 'BOOKMARK']);

      await api().delete(NODES, metadata.name);

      await expectSeen(seen, ['ADDED', 'BOOKMARK', 'DELETED']);
      const { object } = events.find(({ type }) => type === 'DELETED') ?? {};
      expect(object?.metadata.labels).toEqual({ last: 'state' });
      expect(Number(object?.metadata.resourceVersion)).toBeGreaterThan(
        Number(metadata.resourceVersion),
      );
    });

    rule('does not tell a write that changes nothing', async () => {
      const { metadata } = await createNode(api(), { labels: { a: 'b' } });
      const { seen } = startWatch(api(), metadata.name);
      await expectSeen(seen, ['ADDED', 'BOOKMARK']);
      const label = (value: string) =>
        api().patch(NODES, metadata.name, {
          type: 'merge',
          body: { metadata: { labels: { a: value } } },
        });

      await label('b');
      await label('c');

      await expectSeen(seen, ['ADDED', 'BOOKMARK', 'MODIFIED']);
    });

    rule('ends normally when the signal aborts', async () => {
      const { seen, stop } = startWatch(api(), uniqueName('node'));
      await expectSeen(seen, ['BOOKMARK']);

      await expect(stop()).resolves.toBeUndefined();
    });
  });
};
