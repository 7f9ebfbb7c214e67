import { WATCHED_KINDS, watchedPartOf } from '#core/events/watched-kinds.ts';
import { sameJson } from '#core/json.ts';
import type { KubernetesObject, Resource } from '#providers/kubernetes/kubernetes-api.ts';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A write that is about to be stored. */
export interface Write {
  readonly operation: Operation;
  readonly resource: Resource;
  readonly subresource?: 'status';
  readonly userName: string;
  readonly object?: KubernetesObject;
  readonly oldObject?: KubernetesObject;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** The request of admission.k8s.io/v1 ("Dynamic Admission Control", kubernetes.io). */
export interface AdmissionReview {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly request: {
    readonly uid: string;
    readonly kind: GroupVersionKind;
    readonly resource: GroupVersionResource;
    readonly subResource?: string;
    readonly requestKind: GroupVersionKind;
    readonly requestResource: GroupVersionResource;
    readonly requestSubResource?: string;
    readonly name: string;
    readonly operation: Operation;
    readonly userInfo: { readonly username: string; readonly groups: readonly string[] };
    readonly object: KubernetesObject | null;
    readonly oldObject: KubernetesObject | null;
    readonly dryRun: false;
    readonly options: { readonly apiVersion: 'meta.k8s.io/v1'; readonly kind: string };
  };
}

/** The part of a webhook's answer that the API server looks at here. */
export interface AdmissionAnswer {
  readonly response?: {
    readonly uid?: string;
    readonly allowed?: boolean;
    readonly warnings?: readonly string[];
    readonly status?: { readonly message?: string };
  };
}

export type AdmissionListener = (
  review: AdmissionReview,
) => AdmissionAnswer | undefined | Promise<AdmissionAnswer | undefined>;

/** The conditions of the product's webhook: a watched change, and never a write of the product itself. */
export const isReported = (write: Write, ownUserNames: readonly string[]): boolean => {
  const { resource, subresource, operation, object, oldObject } = write;
  const path = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const watched = WATCHED_KINDS.find(
    ({ group, resources }) => group === resource.group && resources.includes(path),
  );
  if (watched === undefined || ownUserNames.includes(write.userName)) return false;
  if (operation !== 'UPDATE') return watched.operations.includes(operation);
  return !sameJson(watchedPartOf(watched, object), watchedPartOf(watched, oldObject));
};

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

/** The review that a webhook receives. On a delete only `oldObject` is there. */
export const reviewOf = (write: Write, uid: string): AdmissionReview => {
  const { operation, subresource, object, oldObject, userName } = write;
  const { group, version, kind, plural } = write.resource;
  const { name = '' } = (object ?? oldObject)?.metadata ?? {};
  const groupVersionKind = { group, version, kind };
  const groupVersionResource = { group, version, resource: plural };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: groupVersionKind,
      resource: groupVersionResource,
      ...(subresource && { subResource: subresource, requestSubResource: subresource }),
      requestKind: groupVersionKind,
      requestResource: groupVersionResource,
      name,
      operation,
      userInfo: { username: userName, groups: ['system:authenticated'] },
      object: object ?? null,
      oldObject: oldObject ?? null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: OPTIONS[operation] },
    },
  };
};
