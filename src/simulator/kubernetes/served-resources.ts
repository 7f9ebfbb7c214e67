import { nodeEniSpecSchema, nodeEniStatusSchema } from '#core/apis/v1alpha1/node-eni.ts';
import {
  nodeEniStateSpecSchema,
  nodeEniStateStatusSchema,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import type { KubernetesObject, Resource } from '#providers/kubernetes/kubernetes-api.ts';
import {
  EVENTS,
  NAMESPACES,
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

const NODE_ENI_SCHEMA: StructuralSchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: structuralSchemaOf(nodeEniSpecSchema),
    status: structuralSchemaOf(nodeEniStatusSchema),
  },
};

const NODE_ENI_STATE_SCHEMA: StructuralSchema = {
  type: 'object',
  properties: {
    spec: structuralSchemaOf(nodeEniStateSpecSchema),
    status: structuralSchemaOf(nodeEniStateStatusSchema),
  },
};

/** Every resource the simulated API server has. */
export const SERVED_RESOURCES: readonly ServedResource[] = [
  { resource: NODE_ENIS, hasStatus: true, schema: NODE_ENI_SCHEMA },
  { resource: NODE_ENI_STATES, hasStatus: true, schema: NODE_ENI_STATE_SCHEMA },
  { resource: NODES, hasStatus: true },
  { resource: NAMESPACES, hasStatus: true },
  { resource: EVENTS, hasStatus: false },
];

export const findServed = ({ group, plural }: Resource): ServedResource | undefined =>
  SERVED_RESOURCES.find(({ resource }) => resource.group === group && resource.plural === plural);

export const apiVersionOf = ({ group, version }: Resource): string =>
  group === '' ? version : `${group}/${version}`;

/** The resource of a manifest, by its apiVersion and kind; undefined for kinds that are not served. */
export const resourceOfManifest = ({ apiVersion, kind }: KubernetesObject): Resource | undefined =>
  SERVED_RESOURCES.find(
    ({ resource }) => apiVersionOf(resource) === apiVersion && resource.kind === kind,
  )?.resource;
