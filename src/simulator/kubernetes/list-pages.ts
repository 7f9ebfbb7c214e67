import type { Clock } from '#core/ports/clock.ts';
import type {
  KubernetesList,
  KubernetesObject,
  ListOptions,
} from '#providers/kubernetes/kubernetes-api.ts';
import { expired } from './api-errors.ts';

/** All objects of a resource at one moment, or those that no page has shown yet. */
export interface Snapshot {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
}

/** Behind every name, which is in ASCII. */
const AFTER_ALL = '\u{10ffff}';

type Selects = (object: KubernetesObject) => boolean;

/** etcd is compacted this often; an older continue token is answered 410 ("API concepts", kubernetes.io). */
const COMPACTION_MS = 300_000;

/** Cuts lists into pages; all pages of one list show the moment of the first. */
export class ListPages {
  readonly #clock: Clock;
  readonly #snapshots = new Map<string, { readonly takenAtMs: number; readonly rest: Snapshot }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The first page of what is there now, or with `continue` the one after. The server reads on until a page is
   * full and does not look further: while objects follow that are not selected it names a next page, which
   * may turn out empty. Throws `ExpiredPage` (410) for an old token, with one by which the list goes on from there.
   */
  page(take: () => Snapshot, selects: Selects, options: ListOptions): KubernetesList {
    const { limit = 0, continue: token } = options;
    const nowMs = this.#clock.now().getTime();
    this.#compact(nowMs);
    const { takenAtMs, rest } =
      token === undefined ? { takenAtMs: nowMs, rest: take() } : this.#find(token, take, nowMs);
    const { items, resourceVersion } = rest;
    const end = limit === 0 ? items.length : endOfPage(items, selects, limit);
    const page = { items: items.slice(0, end).filter(selects), resourceVersion };
    const following = items.slice(end);
    if (following.length === 0) return page;
    const next = tokenOf(resourceVersion, following);
    this.#snapshots.set(next, { takenAtMs, rest: { items: following, resourceVersion } });
    const { labelSelector, fieldSelector } = options;
    const isCounted = limit > 0 && !labelSelector && !fieldSelector;
    return { ...page, continue: next, ...(isCounted && { remainingItemCount: following.length }) };
  }

  #find(token: string, take: () => Snapshot, takenAtMs: number) {
    const snapshot = this.#snapshots.get(token);
    if (snapshot !== undefined) return snapshot;
    const { items, resourceVersion } = take();
    const start = startOf(token);
    const rest = { items: items.filter((item) => placeOf(item) >= start), resourceVersion };
    const next = tokenOf(resourceVersion, rest.items);
    this.#snapshots.set(next, { takenAtMs, rest });
    throw expired(next);
  }

  #compact(nowMs: number): void {
    for (const [token, { takenAtMs }] of this.#snapshots) {
      if (nowMs - takenAtMs >= COMPACTION_MS) this.#snapshots.delete(token);
    }
  }
}

/** Position after the object that fills the page; the end of the list when none does. */
const endOfPage = (items: readonly KubernetesObject[], selects: Selects, limit: number): number => {
  let selected = 0;
  const last = items.findIndex((item) => {
    if (selects(item)) selected += 1;
    return selected === limit;
  });
  return last === -1 ? items.length : last + 1;
};

const placeOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

const tokenOf = (resourceVersion: string, [next]: readonly KubernetesObject[]): string => {
  const start = next === undefined ? AFTER_ALL : placeOf(next);
  return Buffer.from(JSON.stringify({ rv: resourceVersion, start })).toString('base64url');
};

const startOf = (token: string): string => {
  const { start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { start: string };
  return start;
};
