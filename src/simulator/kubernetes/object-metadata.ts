import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { invalid } from './api-errors.ts';
import { isRecord } from './json-value.ts';
import type { ServedResource } from './served-resources.ts';

type Metadata = KubernetesObject['metadata'];

/** Seconds, as Kubernetes writes times. */
export const timestamp = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

const isEmpty = (value: unknown): boolean =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);

/** Object metadata has no empty maps or lists: the server leaves them out. */
export const withoutEmpty = (metadata: Metadata): Metadata => ({
  ...Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value))),
  name: metadata.name,
});

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Throws CallError Invalid for a name that no object can have ("Object Names and IDs", kubernetes.io). */
export const checkName = ({ resource }: ServedResource, name: string): void => {
  if (DNS_SUBDOMAIN.test(name) && name.length <= 253) return;
  throw invalid(resource, name, [
    `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
  ]);
};

const IMMUTABLE = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp'] as const;
/** Fields that a writer may leave out but never change. */
const KEPT = [...IMMUTABLE, 'generation', 'resourceVersion'];

const metadataFaults = (next: Metadata, stored: Metadata): readonly string[] => {
  const changed = IMMUTABLE.filter(
    (field) => next[field] !== undefined && next[field] !== stored[field],
  ).map(
    (field) =>
      `metadata.${field}: Invalid value: ${JSON.stringify(next[field])}: field is immutable`,
  );
  const added = (next.finalizers ?? []).filter((name) => !stored.finalizers?.includes(name));
  if (stored.deletionTimestamp === undefined || added.length === 0) return changed;
  return [
    ...changed,
    `metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => `"${name}"`).join(', ')}}`,
  ];
};

/**
 * Metadata after an update: what only the server sets is kept. Throws CallError Invalid for a change of it,
 * and for a new finalizer on an object that is being deleted ("Finalizers", kubernetes.io).
 */
export const updatedMetadata = (
  served: ServedResource,
  next: Metadata,
  stored: Metadata,
): Metadata => {
  const faults = metadataFaults(next, stored);
  if (faults.length > 0) throw invalid(served.resource, stored.name, faults);
  const own = Object.entries(next).filter(([field]) => !KEPT.includes(field));
  const kept = Object.entries(stored).filter(([field]) => KEPT.includes(field));
  return withoutEmpty({ ...Object.fromEntries([...own, ...kept]), name: stored.name });
};
