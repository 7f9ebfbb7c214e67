import type {
  KubernetesObject,
  Resource,
  WatchEvent,
} from '#providers/kubernetes/kubernetes-api.ts';
import { overTheWire, recordOf } from './json-value.ts';

export type Change = WatchEvent & { readonly resource: Resource };

const tableOf = ({ group, plural }: Resource): string => `${group}/${plural}`;
const keyOf = (name: string, namespace = ''): string => `${namespace}/${name}`;

interface Table {
  readonly objects: Map<string, KubernetesObject>;
  /** In the order of their names; absent after a change, until somebody lists them. */
  listed: readonly KubernetesObject[] | undefined;
}

/** The objects, and the one counter that every change moves on. Objects in it are frozen. */
export class ObjectStore {
  readonly #tables = new Map<string, Table>();
  readonly #listeners = new Set<(change: Change) => void>();
  #revision = 0;

  get revision(): string {
    return `${this.#revision}`;
  }

  find(resource: Resource, name: string, namespace?: string): KubernetesObject | undefined {
    return this.#table(resource).objects.get(keyOf(name, namespace));
  }

  /** All objects of a resource in the order of their names. */
  list(resource: Resource): readonly KubernetesObject[] {
    const table = this.#table(resource);
    table.listed ??= [...table.objects]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object);
    return table.listed;
  }

  /** Stores a copy under the next resourceVersion and tells the listeners. */
  put(resource: Resource, object: KubernetesObject): KubernetesObject {
    const { name, namespace } = object.metadata;
    const isNew = this.find(resource, name, namespace) === undefined;
    const stored = this.#stamp(object);
    const table = this.#table(resource);
    table.objects.set(keyOf(name, namespace), stored);
    table.listed = undefined;
    this.#tell({ type: isNew ? 'ADDED' : 'MODIFIED', object: stored, resource });
    return stored;
  }

  /** The last state is reported with the resourceVersion of the removal, as etcd does. */
  remove(resource: Resource, object: KubernetesObject): void {
    const { name, namespace } = object.metadata;
    const table = this.#table(resource);
    table.objects.delete(keyOf(name, namespace));
    table.listed = undefined;
    this.#tell({ type: 'DELETED', object: this.#stamp(object), resource });
  }

  /** In: a listener that is called within every change. Out: a function that ends this. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #table(resource: Resource): Table {
    const name = tableOf(resource);
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const table: Table = { objects: new Map(), listed: undefined };
    this.#tables.set(name, table);
    return table;
  }

  #stamp(object: KubernetesObject): KubernetesObject {
    this.#revision += 1;
    const metadata = { ...object.metadata, resourceVersion: this.revision };
    return { ...recordOf(overTheWire(object)), metadata: Object.freeze(metadata) };
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
