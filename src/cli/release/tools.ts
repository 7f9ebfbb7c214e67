import { createRequestBudget } from '#core/ec2/request-budget.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type { NodeEniStateStore, NodeEniStore } from '#core/ports/cluster.ts';
import { systemClock } from '#operator/system-clock.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { createNetworkInterfaceProvider } from '#providers/ec2/network-interface-provider.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { createNodeEniStateStore } from '#providers/kubernetes/node-eni-state-store.ts';
import { createNodeEniStore } from '#providers/kubernetes/node-eni-store.ts';
import { type ConnectionOptions, connect } from '../connection.ts';
import { silentTelemetry } from '../simulation/silent-telemetry.ts';

/** As every command; nothing here makes a changing call, which it would be for. */
const BUDGET = { share: 0.5, burstShare: 0.8, concurrency: 1 } as const;

/** What a release is done and watched with. EC2 is only read: to release is the installation's work. */
export interface ReleaseTools {
  readonly clock: Clock;
  readonly kubernetes: Pick<KubernetesApi, 'delete'>;
  readonly stores: {
    readonly nodeEnis: NodeEniStore;
    readonly states: Pick<NodeEniStateStore, 'list'>;
    readonly enis: Pick<NetworkInterfaceProvider, 'list' | 'listForNodeEni'>;
  };
}

/** The tools over APIs of a cluster and an account. */
export const createReleaseTools = ({
  clock,
  clusterName,
  ec2,
  kubernetes,
}: {
  readonly clock: Clock;
  readonly clusterName: string;
  readonly ec2: Ec2Api;
  readonly kubernetes: KubernetesApi;
}): ReleaseTools => {
  const identity = createClusterIdentity(kubernetes);
  const enis = createNetworkInterfaceProvider({
    ec2,
    clock,
    clusterName,
    clusterUid: () => identity.uid(),
    budget: createRequestBudget({ clock, random: Math.random, ...BUDGET }),
    logger: silentTelemetry.logger,
  });
  const nodeEnis = createNodeEniStore(kubernetes);
  const states = createNodeEniStateStore(kubernetes);
  return { clock, kubernetes, stores: { nodeEnis, states, enis } };
};

/** The same over the wire. Throws as `connect` does. */
export const connectTools = async (
  options: ConnectionOptions,
  sight?: Parameters<typeof connect>[1],
): Promise<ReleaseTools> =>
  createReleaseTools({
    clock: systemClock,
    clusterName: options.cluster,
    ...(await connect(options, sight)),
  });
