import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { KubeApiserver } from '#test/support/servers/kube-apiserver.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type KubeAnswer = { readonly status: number; readonly body: unknown };

export type KubeClient = {
  /** One call, whatever the server answers. A PATCH is a merge patch. */
  readonly call: (method: Method, path: string, body?: object) => Promise<KubeAnswer>;
  /** Undefined when there is no such object. */
  readonly nodeEni: (name: string) => Promise<NodeEni | undefined>;
  readonly states: () => Promise<readonly NodeEniState[]>;
  readonly names: (path: string) => Promise<readonly string[]>;
  readonly close: () => void;
};

type List = { readonly items: readonly { readonly metadata: { readonly name: string } }[] };

const GROUP_PATH = '/apis/networking.k8s.aws/v1alpha1';
export const NODE_ENIS_PATH = `${GROUP_PATH}/nodeenis`;
export const STATES_PATH = `${GROUP_PATH}/nodeenistates`;
export const NODES_PATH = '/api/v1/nodes';
/** Where events of objects without a namespace go. */
export const EVENTS_PATH = '/api/v1/namespaces/default/events';
export const LEASES_PATH = '/apis/coordination.k8s.io/v1/leases';

const mediaTypes: Readonly<Record<Method, string>> = {
  GET: 'application/json',
  POST: 'application/json',
  PATCH: 'application/merge-patch+json',
  DELETE: 'application/json',
};

const readAnswer = async (incoming: IncomingMessage): Promise<KubeAnswer> => {
  const answer = await text(incoming);
  const isJson = incoming.headers['content-type']?.includes('json') ?? false;
  return { status: incoming.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer };
};

const send = async (url: URL, options: RequestOptions, body: string): Promise<KubeAnswer> => {
  const outgoing = httpsRequest(url, options);
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return readAnswer(incoming);
};

/**
 * The API server without kubectl, whose start costs more than what is measured here. In: the
 * server. Out: calls as its administrator over one kept connection.
 */
export const createKubeClient = ({
  url,
  caFile,
  adminToken,
}: Pick<KubeApiserver, 'url' | 'caFile' | 'adminToken'>): KubeClient => {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });

  const call: KubeClient['call'] = (method, path, body) => {
    const content = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${adminToken}`,
      accept: 'application/json',
      'content-type': mediaTypes[method],
      'content-length': Buffer.byteLength(content),
    };
    return send(new URL(path, url), { method, agent, headers }, content);
  };

  const read = async (path: string): Promise<unknown> => {
    const { status, body } = await call('GET', path);
    if (status === 404) return undefined;
    if (status === 200) return body;
    throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
  };

  return {
    call,
    nodeEni: async (name) =>
      (await read(`${NODE_ENIS_PATH}/${name}`)) as Awaited<ReturnType<KubeClient['nodeEni']>>,
    states: async () =>
      ((await read(STATES_PATH)) as { readonly items: readonly NodeEniState[] }).items,
    names: async (path) =>
      ((await read(path)) as List | undefined)?.items.map(({ metadata }) => metadata.name) ?? [],
    close: () => agent.destroy(),
  };
};
