import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import type { ApiServer } from './api-server.ts';
import type { KubernetesCall } from './injected-failures.ts';
import type { Watches } from './watches.ts';

/** The API as one user. */
export interface KubernetesUser extends KubernetesApi {
  readonly userName: string;
  /** What webhooks told this user, oldest first. */
  readonly warnings: readonly string[];
}

export interface Connection {
  readonly userName: string;
  /** Where the webhooks' warnings are added. */
  readonly warnings: string[];
  readonly server: ApiServer;
  readonly watches: Watches;
  /** The way to the server: takes time, and may fail before or after the effect. */
  readonly send: <T>(call: KubernetesCall, effect: () => T | Promise<T>) => Promise<T>;
}

/** The product's Kubernetes calls, made by this user over this connection. */
export const createUserApi = (connection: Connection): KubernetesUser => {
  const { userName, warnings, server, watches, send } = connection;
  const writer = { userName, warnings };

  return {
    userName,
    warnings,

    get: (resource, name, namespace) =>
      send({ verb: 'get', resource: resource.plural, name, userName }, () =>
        server.get(resource, name, namespace),
      ),

    list: (resource, options) =>
      send({ verb: 'list', resource: resource.plural, userName }, () =>
        server.list(resource, options),
      ),

    create: (resource, object) => {
      const { name } = object.metadata;
      return send({ verb: 'create', resource: resource.plural, name, userName }, () =>
        server.create(writer, resource, object),
      );
    },

    patch: (resource, name, patch, options = {}) => {
      const { subresource } = options;
      const call = { verb: 'patch', resource: resource.plural, name, userName } as const;
      return send({ ...call, ...(subresource && { subresource }) }, () =>
        server.patch(writer, { resource, name, ...options }, patch),
      );
    },

    delete: (resource, name, namespace) =>
      send({ verb: 'delete', resource: resource.plural, name, userName }, () =>
        server.delete(writer, resource, name, namespace),
      ),

    watch: async (resource, onEvent, signal) => {
      await send({ verb: 'watch', resource: resource.plural, userName }, () => {
        server.served(resource);
      });
      await watches.run(resource, onEvent, signal);
    },
  };
};
