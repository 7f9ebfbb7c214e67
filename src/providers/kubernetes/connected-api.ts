import type { KubernetesApi, KubernetesList, KubernetesObject } from './kubernetes-api.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';
import { createKubernetesTransport, readJson } from './kubernetes-transport.ts';
import { pathOf } from './resource-path.ts';
import { createWatch } from './watch.ts';

const CALL_TIMEOUT_SECONDS = 10;

/** Who the fields that are written belong to from then on ("Field Management", kubernetes.io). */
const AS_MANAGER = { fieldManager: 'nodeeni' } as const;

const CONTENT_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** The Kubernetes calls over the wire. */
export const createConnectedApi = (connection: KubernetesConnection): KubernetesApi => {
  const open = createKubernetesTransport(connection);
  const call = async (request: Omit<Parameters<typeof open>[0], 'idleTimeoutSeconds'>) =>
    readJson(await open({ ...request, idleTimeoutSeconds: CALL_TIMEOUT_SECONDS }));

  const api: KubernetesApi = {
    get: async (resource, name, namespace) =>
      (await call({
        method: 'GET',
        path: pathOf(resource, name, namespace),
      })) as KubernetesObject,

    async list(resource, options = {}) {
      const answer = (await call({
        method: 'GET',
        path: pathOf(resource),
        query: { ...options },
        // Of a list of nodes a fraction is left.
        mayBeZipped: true,
      })) as {
        items?: KubernetesObject[];
        metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
      };
      const { resourceVersion = '', continue: next, remainingItemCount } = answer.metadata;
      const list: KubernetesList = {
        items: answer.items ?? [],
        resourceVersion,
        ...(next !== undefined && next !== '' && { continue: next }),
        ...(remainingItemCount !== undefined && { remainingItemCount }),
      };
      return list;
    },

    create: async (resource, object) =>
      (await call({
        method: 'POST',
        path: pathOf(resource, undefined, object.metadata.namespace),
        query: AS_MANAGER,
        body: object,
      })) as KubernetesObject,

    patch: async (resource, name, { type, body }, { subresource, namespace } = {}) =>
      (await call({
        method: 'PATCH',
        path: `${pathOf(resource, name, namespace)}${subresource === undefined ? '' : `/${subresource}`}`,
        query: AS_MANAGER,
        body,
        contentType: CONTENT_TYPES[type],
      })) as KubernetesObject,

    async delete(resource, name, namespace) {
      await call({ method: 'DELETE', path: pathOf(resource, name, namespace) });
    },

    watch: createWatch(open, (resource, options) => api.list(resource, options)),
  };

  return api;
};
