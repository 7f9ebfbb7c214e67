import type { PluginCluster } from './agent/host.ts';
import { type MetadataOptions, readInstanceId } from './instance-metadata.ts';
import { type ApiClient, createApiClient } from './kubernetes/api-client.ts';
import { connect } from './kubernetes/connection.ts';
import { createNodeClient } from './kubernetes/node-client.ts';
import { createPluginCluster } from './kubernetes/plugin-cluster.ts';
import { type AgentOptions, UsageError } from './options.ts';

/** Nobody can say whose host this is: there is nothing to do here, as on a node that is no EC2 instance. */
export class NoInstanceError extends Error {
  override readonly name = 'NoInstanceError';
}

/** The API server and this host's place in it. */
export interface Cluster {
  readonly api: ApiClient;
  /** Absent where the node's name is not known. */
  readonly plugin?: PluginCluster;
}

/**
 * Reaches the API server that the options, or the pod's surroundings, name. Throws a `UsageError` when there is none.
 */
export const joinCluster = (
  options: AgentOptions,
  environment: MetadataOptions['environment'],
): Cluster => {
  const connection = connect(options.connection, environment);
  if (connection === undefined)
    throw new UsageError('there is no API server: give --server, or --desired with --once');
  const api = createApiClient(connection);
  const { nodeName, plugin } = options;
  return {
    api,
    ...(nodeName === undefined
      ? {}
      : { plugin: createPluginCluster(api, { nodeName, ...plugin }) }),
  };
};

/**
 * Whose host this is, by the options, by the Node, or by the instance itself, in this order. Rejects with a
 * `NoInstanceError` when the Node names no EC2 instance, and with another error when nobody answers.
 */
export const findInstanceId = async (
  { api }: Cluster,
  { instanceId, nodeName }: AgentOptions,
  metadata: MetadataOptions,
): Promise<string> => {
  if (instanceId !== undefined) return instanceId;
  if (nodeName === undefined) return readInstanceId(metadata);
  const found = await createNodeClient(api, nodeName).instanceId(metadata.signal);
  if (found === undefined)
    throw new NoInstanceError(`the providerID of node ${nodeName} names no EC2 instance`);
  return found;
};
