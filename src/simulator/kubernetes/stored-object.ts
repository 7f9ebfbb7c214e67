import { sameJson } from '#core/json.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { badRequest, invalid } from './api-errors.ts';
import { type JsonRecord, partAt, recordOf } from './json-value.ts';
import { withNotReadyTaint } from './node-readiness.ts';
import { checkName, updatedMetadata, withoutEmpty } from './object-metadata.ts';
import { pruneAndDefault } from './prune-and-default.ts';
import { schemaFaults } from './schema-faults.ts';
import { type ServedResource, typeOf } from './served-resources.ts';

/** What the server sets, and a writer cannot. */
export interface ServerFields {
  readonly uid: string;
  readonly creationTimestamp: string;
}

/** The object as the server reads it: unknown fields dropped, defaults filled in, whenever it was written. */
export const prune = ({ schema }: ServedResource, object: KubernetesObject): KubernetesObject => {
  if (schema === undefined) return object;
  const { apiVersion, kind, metadata } = object;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata,
    ...recordOf(pruneAndDefault(schema, { spec: object.spec, status: object.status })),
  };
};

const check = (served: ServedResource, next: KubernetesObject, stored?: KubernetesObject): void => {
  if (served.schema === undefined) return;
  const value = ({ spec, status }: KubernetesObject) => ({
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  });
  const faults = schemaFaults(served.schema, value(next), stored && value(stored));
  if (faults.length === 0) return;
  const texts = faults.map(({ text }) => text);
  throw invalid(served.resource, next.metadata.name, texts);
};

/** Custom resources are read by the type they carry; built-in ones have the type of their path by default. */
const checkType = ({ resource, schema }: ServedResource, body: JsonRecord): void => {
  const wanted = typeOf(resource);
  const defaults = schema === undefined ? wanted : {};
  const { apiVersion, kind }: JsonRecord = { ...defaults, ...body };
  const unrecognised = `the object provided is unrecognized (must be of type ${resource.kind})`;
  if (kind === undefined) throw badRequest(`${unrecognised}: Object 'Kind' is missing`);
  if (apiVersion === undefined) throw badRequest(`${unrecognised}: Object 'apiVersion' is missing`);
  if (kind === wanted.kind && apiVersion === wanted.apiVersion) return;
  throw badRequest(
    `${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${wanted.kind}`,
  );
};

/** Reads what a writer sent as an object of this resource; CallError Invalid when it is none. */
export const parseObject = (served: ServedResource, body: unknown): KubernetesObject => {
  const { resource } = served;
  checkType(served, recordOf(body));
  const metadata = recordOf(partAt(body, ['metadata']));
  const { name } = metadata;
  if (typeof name !== 'string' || name === '') {
    throw invalid(resource, '', [
      'metadata.name: Required value: name or generateName is required',
    ]);
  }
  return {
    ...recordOf(body),
    ...typeOf(resource),
    metadata: { ...metadata, name },
  };
};

/**
 * The object that a create stores. A custom resource starts at generation 1 and without status; a Node keeps
 * the status its kubelet registers it with. Throws CallError Invalid with every fault.
 */
export const newObject = (
  served: ServedResource,
  body: unknown,
  { uid, creationTimestamp }: ServerFields,
): KubernetesObject => {
  const { status, ...object } = parseObject(served, body);
  checkName(served, object.metadata.name);
  if (object.metadata.resourceVersion !== undefined) {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const isCustom = served.schema !== undefined;
  const { deletionTimestamp: _deletion, generation: _generation, ...metadata } = object.metadata;
  const next = prune(served, {
    ...object,
    metadata: withoutEmpty({
      ...metadata,
      uid,
      creationTimestamp,
      ...(isCustom ? { generation: 1 } : {}),
    }),
    ...(isCustom || status === undefined ? {} : { status }),
  });
  check(served, next);
  return served.resource.plural === NODES.plural ? withNotReadyTaint(next) : next;
};

const withStatusOf = (
  { status: _status, ...object }: KubernetesObject,
  { status }: KubernetesObject,
): KubernetesObject => ({ ...object, ...(status === undefined ? {} : { status }) });

/** Which parts a writer may change ("Status subresource", kubernetes.io; Node's own rules for a Node). */
const writable = (
  served: ServedResource,
  next: KubernetesObject,
  stored: KubernetesObject,
  isStatus: boolean,
): KubernetesObject => {
  if (!served.hasStatus) return next;
  if (!isStatus) return withStatusOf(next, stored);
  return served.schema === undefined ? { ...next, spec: stored.spec } : withStatusOf(stored, next);
};

/**
 * The object that an update stores: server fields kept, the other half (status or the rest) kept, pruned,
 * defaulted, checked; the generation counts changes outside metadata and status. Without any change it is
 * `stored` itself. Throws CallError Invalid with every fault.
 */
export const updatedObject = (
  served: ServedResource,
  body: unknown,
  stored: KubernetesObject,
  isStatus: boolean,
): KubernetesObject => {
  const parsed = writable(served, parseObject(served, body), stored, isStatus);
  const metadata = updatedMetadata(served, parsed.metadata, stored.metadata);
  const next = prune(served, { ...parsed, metadata });
  check(served, next, stored);
  if (sameJson(next, stored)) return stored;
  const { generation } = stored.metadata;
  if (generation === undefined || sameJson(next.spec, stored.spec)) return next;
  return { ...next, metadata: { ...metadata, generation: generation + 1 } };
};
