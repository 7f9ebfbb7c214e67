import type { Clock } from '#core/ports/clock.ts';
import type {
  KubernetesList,
  KubernetesObject,
  ListOptions,
  Patch,
  Resource,
} from '#providers/kubernetes/kubernetes-api.ts';
import { NAMESPACES } from '#providers/kubernetes/resources.ts';
import { AdmissionChain, type Writer } from './admission-chain.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  notFound,
  notServed,
  patchRefused,
} from './api-errors.ts';
import { applyJsonPatch } from './json-patch.ts';
import { overTheWire, partAt, recordOf } from './json-value.ts';
import { ListPages } from './list-pages.ts';
import { applyMergePatch } from './merge-patch.ts';
import { timestamp } from './object-metadata.ts';
import { ObjectStore } from './object-store.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { findServed, type ServedResource, typeOf } from './served-resources.ts';
import { newObject, parseObject, prune, updatedObject } from './stored-object.ts';

/** The object a patch is for. */
export interface PatchTarget {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace?: string;
  readonly subresource?: 'status';
}

/** How often the API server computes a patch again when the object changed under it. */
const PATCH_ATTEMPTS = 5;

const patched = (stored: KubernetesObject, patch: Patch): unknown => {
  if (patch.type === 'merge') return applyMergePatch(stored, overTheWire(patch.body));
  try {
    return applyJsonPatch(stored, patch.body);
  } catch (error) {
    throw patchRefused(error);
  }
};

const isFinal = ({ metadata }: KubernetesObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;

/** What the API server does with a request once it has arrived. Failures are CallError. */
export class ApiServer {
  readonly store = new ObjectStore();
  readonly admission: AdmissionChain;
  readonly #clock: Clock;
  readonly #pages: ListPages;
  readonly #unserved = new Set<string>();
  #uids = 0;

  constructor(clock: Clock, ownUserNames: readonly string[]) {
    this.#clock = clock;
    this.#pages = new ListPages(clock);
    this.admission = new AdmissionChain(ownUserNames, () => this.#newUid());
  }

  /** Takes a CRD away or brings it back; its objects stay, as they do in etcd. */
  setServed({ plural }: Resource, isServed: boolean): void {
    if (isServed) this.#unserved.delete(plural);
    else this.#unserved.add(plural);
  }

  get(resource: Resource, name: string, namespace?: string): KubernetesObject {
    this.served(resource);
    const object = this.store.find(resource, name, namespace);
    if (object === undefined) throw notFound(resource, name);
    return object;
  }

  list(resource: Resource, options: ListOptions = {}): KubernetesList {
    this.served(resource);
    const hasLabels = parseLabelSelector(options.labelSelector);
    const hasFields = parseFieldSelector(options.fieldSelector);
    const selects = (object: KubernetesObject): boolean =>
      hasLabels(object.metadata.labels ?? {}) && hasFields(object);
    const snapshot = () => ({
      items: this.store.list(resource),
      resourceVersion: this.store.revision,
    });
    return this.#pages.page(snapshot, selects, options);
  }

  async create(
    writer: Writer,
    resource: Resource,
    body: KubernetesObject,
  ): Promise<KubernetesObject> {
    const served = this.served(resource);
    const object = newObject(served, overTheWire(body), {
      uid: this.#newUid(),
      creationTimestamp: timestamp(this.#clock.now()),
    });
    this.#requireNamespace(resource, object);
    const refuseDouble = (): void => {
      const { name, namespace } = object.metadata;
      const existing = this.store.find(resource, name, namespace);
      if (existing === undefined) return;
      throw alreadyExists(resource, name, existing.metadata.deletionTimestamp !== undefined);
    };
    await this.admission.review({ operation: 'CREATE', resource, object }, writer);
    refuseDouble();
    return this.store.put(resource, object);
  }

  async patch(writer: Writer, target: PatchTarget, patch: Patch): Promise<KubernetesObject> {
    const { resource, name, namespace, subresource } = target;
    const served = this.served(resource);
    if (subresource !== undefined && !served.hasStatus) throw notServed();
    for (let attempt = 1; attempt <= PATCH_ATTEMPTS; attempt += 1) {
      const stored = this.get(resource, name, namespace);
      const next = this.#updated(served, target, stored, patch);
      if (next === stored) return stored;
      const write = { operation: 'UPDATE', resource, object: next, oldObject: stored } as const;
      await this.admission.review({ ...write, ...(subresource && { subresource }) }, writer);
      // A webhook takes time, and somebody else may have written meanwhile.
      if (this.store.find(resource, name, namespace) !== stored) continue;
      if (!isFinal(next)) return this.store.put(resource, next);
      this.store.remove(resource, stored);
      return next;
    }
    throw conflict(resource, name);
  }

  async delete(
    writer: Writer,
    resource: Resource,
    name: string,
    namespace?: string,
  ): Promise<void> {
    const oldObject = this.get(resource, name, namespace);
    await this.admission.review({ operation: 'DELETE', resource, oldObject }, writer);
    const stored = this.get(resource, name, namespace);
    const { metadata } = stored;
    if ((metadata.finalizers ?? []).length === 0) {
      this.store.remove(resource, stored);
      return;
    }
    if (metadata.deletionTimestamp !== undefined) return;
    this.store.put(resource, {
      ...stored,
      metadata: {
        ...metadata,
        ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
        deletionTimestamp: timestamp(this.#clock.now()),
      },
    });
  }

  /** Stores an object as an older version of its CRD let it through: no rule is asked. */
  storeUnchecked(resource: Resource, body: unknown): KubernetesObject {
    const served = this.served(resource);
    const object = prune(
      served,
      parseObject(served, { ...typeOf(resource), ...recordOf(overTheWire(body)) }),
    );
    return this.store.put(resource, {
      ...object,
      metadata: {
        generation: 1,
        ...object.metadata,
        uid: this.#newUid(),
        creationTimestamp: timestamp(this.#clock.now()),
      },
    });
  }

  /** Throws CallError NotFound for a resource without a CRD. */
  served(resource: Resource): ServedResource {
    const served = findServed(resource);
    if (served === undefined || this.#unserved.has(resource.plural)) throw notServed();
    return served;
  }

  #updated(
    served: ServedResource,
    { resource, name, subresource }: PatchTarget,
    stored: KubernetesObject,
    patch: Patch,
  ): KubernetesObject {
    const body = patched(stored, patch);
    const expected = partAt(body, ['metadata', 'resourceVersion']);
    if (expected !== undefined && expected !== stored.metadata.resourceVersion) {
      throw conflict(resource, name);
    }
    return updatedObject(served, body, stored, subresource === 'status');
  }

  #requireNamespace(resource: Resource, { metadata: { namespace } }: KubernetesObject): void {
    if (!resource.isNamespaced) return;
    if (namespace === undefined) {
      throw badRequest('an empty namespace may not be set during creation');
    }
    if (this.store.find(NAMESPACES, namespace) === undefined) throw notFound(NAMESPACES, namespace);
  }

  /** Counted, so that a seeded run gives the same ids each time. */
  #newUid(): string {
    this.#uids += 1;
    return `00000000-0000-4000-8000-${this.#uids.toString(16).padStart(12, '0')}`;
  }
}
