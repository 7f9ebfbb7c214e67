import type { Clock } from '#core/ports/clock.ts';
import type {
  KubernetesList,
  KubernetesObject,
  ListOptions,
} from '#providers/kubernetes/kubernetes-api.ts';
import { expired } from './api-errors.ts';
import type { ObjectStore } from './object-store.ts';

interface Snapshot {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  readonly takenAtMs: number;
}

/** etcd is compacted this often; an older continue token is answered 410 ("API concepts", kubernetes.io). */
const COMPACTION_MS = 300_000;

/** Cuts lists into pages; all pages of one list show the moment of the first. */
export class ListPages {
  readonly #clock: Clock;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first page, or with `continue` the one after. Throws CallError Unknown (410) for an old token. */
  page(
    store: ObjectStore,
    select: () => readonly KubernetesObject[],
    { limit, continue: token }: ListOptions,
  ): KubernetesList {
    this.#compact();
    if (token !== undefined) return this.#cut(this.#snapshotOf(token), limit);
    const takenAtMs = this.#clock.now().getTime();
    return this.#cut({ items: select(), resourceVersion: store.revision, takenAtMs }, limit);
  }

  #cut(snapshot: Snapshot, limit = snapshot.items.length): KubernetesList {
    const { items, resourceVersion } = snapshot;
    if (limit === 0 || items.length <= limit) return { items, resourceVersion };
    const rest = items.slice(limit);
    const next = rest[0]?.metadata;
    const start = `${next?.namespace ?? ''}/${next?.name}`;
    const token = Buffer.from(JSON.stringify({ rv: resourceVersion, start })).toString('base64url');
    this.#snapshots.set(token, { ...snapshot, items: rest });
    return { items: items.slice(0, limit), resourceVersion, continue: token };
  }

  #snapshotOf(token: string): Snapshot {
    const snapshot = this.#snapshots.get(token);
    if (snapshot === undefined) throw expired();
    return snapshot;
  }

  #compact(): void {
    const oldestMs = this.#clock.now().getTime() - COMPACTION_MS;
    for (const [token, { takenAtMs }] of this.#snapshots) {
      if (takenAtMs <= oldestMs) this.#snapshots.delete(token);
    }
  }
}
