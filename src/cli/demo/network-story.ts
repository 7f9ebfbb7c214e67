import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { interfaceCount, noChanges } from './claims.ts';
import { NETWORK_MANIFEST, NETWORK_NAME, type Pod, RESOURCE_NAME, startPods } from './network.ts';
import type { Snapshot } from './snapshot.ts';
import type { Claim, Situation } from './step.ts';
import type { Chapter } from './story.ts';

const networkSays = (summary: string): Claim => ({
  says: `the NodeENI ${NETWORK_NAME} says ${summary} ready, AllInterfacesReady`,
  holds: ({ now }) => {
    const view = now.nodeEnis.get(NETWORK_NAME);
    return view?.summary === summary && view.reason === 'AllInterfacesReady';
  },
});

const offered = (now: Snapshot): readonly string[] =>
  [...now.resources.values()].flatMap((has) => has[RESOURCE_NAME] ?? []);

const prefixOf = (now: Snapshot, nodeName: string): readonly string[] =>
  [...now.interfaces.values()].flatMap(({ instanceId = '', prefixes }) =>
    now.instances.get(instanceId)?.nodeName === nodeName ? prefixes : [],
  );

/** An address of a /28, whose 16 lie in one row of the last octet. */
const isWithin = (address: string, block: string): boolean => {
  const [network, host] = [block.split('/')[0] ?? '', address].map((text) =>
    text.split('.').map(Number),
  );
  const isSameRow = (network?.[3] ?? 0) >> 4 === (host?.[3] ?? 0) >> 4;
  return isSameRow && [0, 1, 2].every((octet) => network?.[octet] === host?.[octet]);
};

const apply: Chapter = ({ world }) => ({
  title: 'A network for pods, on both nodes',
  deed: `kubectl apply -f ${NETWORK_NAME}.yaml, with ipv4PrefixCount: 1 and podNetwork`,
  act: () => world.kubernetes.apply(NETWORK_MANIFEST),
  reaches: [
    interfaceCount(2),
    networkSays('2/2'),
    {
      says: 'each node offers 16 addresses to the scheduler',
      holds: ({ now }) => offered(now).join() === '16,16',
    },
    {
      says: `pods of the namespace default may ask for the network ${NETWORK_NAME}`,
      holds: ({ now }) => now.networks.includes(`default/${NETWORK_NAME}`),
    },
  ],
  withinSeconds: 120,
});

const podTable = (pods: readonly Pod[]): string =>
  pods
    .map(({ name, nodeName, address }) => `${name}  ${address.padEnd(12)}  ${nodeName}`)
    .join('\n');

const start: Chapter = ({ world }) => {
  const pods: Pod[] = [];
  const isRouted = ({ now }: Situation): boolean =>
    pods.length === 3 &&
    pods.every(({ nodeName, address }) =>
      prefixOf(now, nodeName).some((block) => isWithin(address, block)),
    );
  return {
    title: 'Three pods start',
    deed: `kubectl apply -f pods.yaml: three pods that ask for ${RESOURCE_NAME}`,
    act: async () => {
      pods.push(...(await startPods(world, ['pod-1', 'pod-2', 'pod-3'])));
    },
    reaches: [
      { says: "each pod's address is one that EC2 has on its node's interface", holds: isRouted },
      {
        says: 'no two pods have one address',
        holds: () => new Set(pods.map(({ address }) => address)).size === pods.length,
      },
    ],
    keeps: [noChanges, { says: 'EC2 was asked nothing', holds: ({ calls }) => calls.length === 0 }],
    withinSeconds: 5,
    report: () => podTable(pods),
  };
};

const remove: Chapter = ({ world }) => ({
  title: 'The network is deleted',
  deed: `kubectl delete nodeeni ${NETWORK_NAME}`,
  act: () => world.kubernetes.delete(NODE_ENIS, NETWORK_NAME),
  reaches: [
    interfaceCount(0),
    {
      says: 'nothing of it is left in a node or a namespace',
      holds: ({ now }) =>
        offered(now).length === 0 && now.networks.length === 0 && now.nodeEnis.size === 0,
    },
  ],
  keeps: [
    {
      says: 'no node offered an address of an interface that was gone',
      holds: ({ now }) =>
        now.interfaces.size > 0 || offered(now).every((count) => Number(count) === 0),
    },
  ],
  withinSeconds: 300,
});

/** A network for pods: from its apply over three pods to its end. */
export const NETWORK_STORY: readonly Chapter[] = [apply, start, remove];
