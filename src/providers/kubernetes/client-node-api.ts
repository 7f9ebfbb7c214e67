import type { IncomingMessage } from 'node:http';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { CallError } from '#core/errors.ts';
import type {
  KubernetesApi,
  KubernetesList,
  KubernetesObject,
  Resource,
  WatchEvent,
} from './kubernetes-api.ts';
import { createKubernetesTransport, readJson } from './kubernetes-transport.ts';

const CALL_TIMEOUT_SECONDS = 10;

/** The server ends a watch after this long, and sends bookmarks about once a minute until then. */
const WATCH_SECONDS = 600;

const CONTENT_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

const pathOf = (resource: Resource, name?: string, namespace?: string): string =>
  [
    resource.group === '' ? '/api' : `/apis/${resource.group}`,
    resource.version,
    ...(resource.isNamespaced && namespace !== undefined ? ['namespaces', namespace] : []),
    resource.plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/');

interface WatchLine {
  readonly type: WatchEvent['type'] | 'ERROR';
  readonly object: KubernetesObject & { readonly code?: number; readonly message?: string };
}

const tellLine = (line: string, onEvent: (event: WatchEvent) => void): void => {
  const { type, object } = JSON.parse(line) as WatchLine;
  if (type === 'ERROR')
    throw new CallError(
      object.code === 410 ? 'Conflict' : 'Unknown',
      `Watch${object.code}`,
      object.message ?? 'the watch ended with an error',
    );
  onEvent({ type, object });
};

/** One event a line, split by hand: a line may come in several chunks. */
const readLines = async (
  response: IncomingMessage,
  onLine: (line: string) => void,
): Promise<void> => {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
};

/** The Kubernetes calls over the wire, for any kubeconfig. */
export const createClientNodeApi = (config: KubeConfig): KubernetesApi => {
  const open = createKubernetesTransport(config);
  const call = async (request: Omit<Parameters<typeof open>[0], 'idleTimeoutSeconds'>) =>
    readJson(await open({ ...request, idleTimeoutSeconds: CALL_TIMEOUT_SECONDS }));

  return {
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
      })) as {
        items?: KubernetesObject[];
        metadata: { resourceVersion?: string; continue?: string };
      };
      const { resourceVersion = '', continue: next } = answer.metadata;
      const list: KubernetesList = {
        items: answer.items ?? [],
        resourceVersion,
        ...(next !== undefined && next !== '' && { continue: next }),
      };
      return list;
    },

    create: async (resource, object) =>
      (await call({
        method: 'POST',
        path: pathOf(resource, undefined, object.metadata.namespace),
        body: object,
      })) as KubernetesObject,

    patch: async (resource, name, { type, body }, { subresource, namespace } = {}) =>
      (await call({
        method: 'PATCH',
        path: `${pathOf(resource, name, namespace)}${subresource === undefined ? '' : `/${subresource}`}`,
        body,
        contentType: CONTENT_TYPES[type],
      })) as KubernetesObject,

    async delete(resource, name, namespace) {
      await call({ method: 'DELETE', path: pathOf(resource, name, namespace) });
    },

    async watch(resource, onEvent, signal) {
      try {
        const response = await open({
          method: 'GET',
          path: pathOf(resource),
          query: {
            watch: true,
            sendInitialEvents: true,
            resourceVersionMatch: 'NotOlderThan',
            allowWatchBookmarks: true,
            timeoutSeconds: WATCH_SECONDS,
          },
          signal,
          idleTimeoutSeconds: WATCH_SECONDS,
        });
        await readLines(response, (line) => tellLine(line, onEvent));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
};
