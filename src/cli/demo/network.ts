import type { HostStatus, NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { laterPartsOf } from '#core/instance/host-fields.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import { NODE_ENI_STATES, NODES } from '#providers/kubernetes/resources.ts';
import type { SimulatedWorld } from '../simulation/world.ts';
import { SECURITY_GROUP_ID, SUBNET_ID } from './manifest.ts';

export const NETWORK_NAME = 'user-plane';
export const RESOURCE_NAME = `nodeeni.networking.k8s.aws/${NETWORK_NAME}`;

/** A network for the pods of the namespace `default`, on every node. */
export const NETWORK_MANIFEST = `apiVersion: networking.k8s.aws/v1alpha1
kind: NodeENI
metadata:
  name: ${NETWORK_NAME}
spec:
  selector:
    matchExpressions:
    - {key: kubernetes.io/hostname, operator: Exists}
  subnetID: ${SUBNET_ID}
  securityGroupIDs:
  - ${SECURITY_GROUP_ID}
  deviceIndex: 2
  ipv4PrefixCount: 1
  podNetwork:
    namespaces: [default]
    resourceName: ${RESOURCE_NAME}
`;

/** A pod that asks for the network. */
export interface Pod {
  readonly name: string;
  readonly nodeName: string;
  readonly address: string;
}

type Slots = NonNullable<NodeEniState['spec']['interfaces']>;

const rowOf = (record: Slots[string]): HostStatus => {
  const { eniId = '', generation, phase, podNetwork } = record;
  const addresses = podNetwork ? addressesOf(podNetwork) : 0;
  const network = { state: 'Ready', reason: 'Ready', message: '', addresses, addressesInUse: 0 };
  return {
    ...{ eniId, generation, understood: { generation, parts: [...laterPartsOf(record)] } },
    ...(phase === 'Releasing' ? { released: true } : { configured: true }),
    podNetwork: { ...network, state: 'Ready' },
  };
};

const statesIn = async ({ kubernetes }: SimulatedWorld): Promise<readonly NodeEniState[]> =>
  (await kubernetes.list(NODE_ENI_STATES)).items as unknown as NodeEniState[];

/** The agents of nodes that have a network: each answers to its record at once. */
export const createAgents = (world: SimulatedWorld) => ({
  async follow(): Promise<void> {
    for (const { metadata, spec, status } of await statesIn(world)) {
      const asked = Object.entries(spec.interfaces ?? {}).filter(
        ([, { podNetwork, eniId }]) => podNetwork !== undefined && eniId !== undefined,
      );
      const news = asked.filter(([slot, { generation }]) => {
        return status?.host?.[slot]?.generation !== generation;
      });
      if (news.length === 0) continue;
      const host = Object.fromEntries(news.map(([slot, record]) => [slot, rowOf(record)]));
      await world.kubernetes
        .as('agent')
        .patch(
          NODE_ENI_STATES,
          metadata.name,
          { type: 'merge', body: { status: { host } } },
          { subresource: 'status' },
        );
    }
  },
});

export type Agents = ReturnType<typeof createAgents>;

/** The address of a block that comes so many after its first. */
const addressIn = (block: string, offset: number): string => {
  const octets = (block.split('/')[0] ?? '').split('.').map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + offset].join('.');
};

/** Starts pods as a scheduler and host-local would: on nodes that offer the resource, each with the next address of the node's range. */
export const startPods = async (
  world: SimulatedWorld,
  names: readonly string[],
): Promise<Pod[]> => {
  const nodes = (await world.kubernetes.list(NODES)).items.filter(({ status }) => {
    const { allocatable = {} } = status as { readonly allocatable?: Record<string, string> };
    return Number(allocatable[RESOURCE_NAME] ?? 0) > 0;
  });
  const states = await statesIn(world);
  return names.flatMap((name, index): Pod[] => {
    const nodeName = nodes[index % nodes.length]?.metadata.name ?? '';
    const state = states.find(({ spec }) => spec.nodeName === nodeName);
    const networks = Object.values(state?.spec.interfaces ?? {}).flatMap(
      ({ podNetwork }) => podNetwork ?? [],
    );
    const [block] = networks.flatMap(({ subnets }) => subnets.flatMap(({ ranges }) => ranges));
    if (block === undefined) return [];
    return [{ name, nodeName, address: addressIn(block, Math.floor(index / nodes.length)) }];
  });
};
