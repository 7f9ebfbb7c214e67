import type { PluginCluster } from './agent/host.ts';
import { type MetadataOptions, readInstanceId } from './instance-metadata.ts';
import { type ApiClient, createApiClient } from './kubernetes/api-client.ts';
import { connect } from './kubernetes/connection.ts';
import { createNodeClient } from './kubernetes/node-client.ts';
import { createPluginCluster } from './kubernetes/plugin-cluster.ts';
import { type AgentOptions, UsageError } from './options.ts';

/** The API server and this host's place in it. */
export interface Cluster {
  readonly api: ApiClient;
  readonly instanceId: string;
  /** Absent where the node's name is not known. */
  readonly plugin?: PluginCluster;
}

const instanceIdOf = async (
  api: ApiClient,
  { instanceId, nodeName }: AgentOptions,
  metadata: MetadataOptions,
): Promise<string> => {
  if (instanceId !== undefined) return instanceId;
  if (nodeName === undefined) return readInstanceId(metadata);
  const found = await createNodeClient(api, nodeName).instanceId(metadata.signal);
  if (found === undefined)
    throw new Error(`the providerID of node ${nodeName} names no EC2 instance`);
  return found;
};

/**
 * Reaches the API server that the options, or the pod's surroundings, tell of. Whose host this is is told by the options,
 * by the Node, or by the instance itself, in this order. Rejects with a `UsageError` when there is no API server, and with
 * another error when nobody tells whose host this is.
 */
export const joinCluster = async (
  options: AgentOptions,
  metadata: MetadataOptions,
): Promise<Cluster> => {
  const connection = connect(options.connection, metadata.environment);
  if (connection === undefined)
    throw new UsageError('there is no API server: give --server, or --desired with --once');
  const api = createApiClient(connection);
  const { nodeName, plugin } = options;
  return {
    api,
    instanceId: await instanceIdOf(api, options, metadata),
    ...(nodeName === undefined
      ? {}
      : { plugin: createPluginCluster(api, { nodeName, ...plugin }) }),
  };
};
