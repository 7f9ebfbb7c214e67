import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import type { KubernetesObject, Resource } from '#providers/kubernetes/kubernetes-api.ts';
import {
  EVENTS,
  LEASES,
  NAMESPACES,
  NETWORK_ATTACHMENTS,
  NODE_ENI_STATES,
  NODE_ENIS,
  NODES,
} from '#providers/kubernetes/resources.ts';
import { type StructuralSchema, structuralSchemaOf } from './structural-schema.ts';

/** How the API server treats a resource. */
export interface ServedResource {
  readonly resource: Resource;
  readonly hasStatus: boolean;
  /** Of custom resources only: pruning, defaults, validation, and a generation that counts spec changes. */
  readonly schema?: StructuralSchema;
}

const definitions = customResourceDefinitions();

/** What the API server makes of one of our CRDs. */
const custom = (resource: Resource): ServedResource => ({
  resource,
  hasStatus: true,
  schema: structuralSchemaOf(definitions[resource.plural]),
});

/** Every resource the simulated API server has. */
export const SERVED_RESOURCES: readonly ServedResource[] = [
  custom(NODE_ENIS),
  custom(NODE_ENI_STATES),
  { resource: NODES, hasStatus: true },
  { resource: NAMESPACES, hasStatus: true },
  { resource: EVENTS, hasStatus: false },
  { resource: LEASES, hasStatus: false },
  { resource: NETWORK_ATTACHMENTS, hasStatus: false },
];

export const findServed = ({ group, plural }: Resource): ServedResource | undefined =>
  SERVED_RESOURCES.find(({ resource }) => resource.group === group && resource.plural === plural);

const apiVersionOf = ({ group, version }: Resource): string =>
  group === '' ? version : `${group}/${version}`;

/** What an object of this resource says of its own type. */
export const typeOf = (resource: Resource) => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
});

/** The resource of a manifest, by its apiVersion and kind; undefined for kinds that are not served. */
export const resourceOfManifest = ({ apiVersion, kind }: KubernetesObject): Resource | undefined =>
  SERVED_RESOURCES.find(
    ({ resource }) => apiVersionOf(resource) === apiVersion && resource.kind === kind,
  )?.resource;
