import { PEER_TAGS } from '#core/apis/v1alpha1/names.ts';
import type { FindUnadopted } from '#core/instance/unadopted.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import type {
  ClusterIdentity,
  NodeEniStateStore,
  NodeEniStore,
  NodeStore,
} from '#core/ports/cluster.ts';
import { instanceKey, nodeEniKey, type WorkQueue } from '#core/ports/work-queue.ts';
import { type AdoptionAction, planAdoption } from './plan.ts';

export interface Adoption {
  /**
   * Takes over what the Go controller left of these NodeENIs, or of all; with `isDryRun` only tells.
   * The ENIs get our tags, and the next reconciles bring them in line without making new ones.
   */
  adopt(options: {
    readonly names?: readonly string[];
    readonly isDryRun: boolean;
  }): Promise<readonly (AdoptionAction & { readonly nodeEni: string })[]>;
}

interface Dependencies {
  readonly clock: Clock;
  readonly clusterName: string;
  readonly identity: ClusterIdentity;
  readonly enis: NetworkInterfaceProvider;
  readonly nodeEnis: NodeEniStore;
  readonly states: NodeEniStateStore;
  readonly nodes: Pick<NodeStore, 'list'>;
  readonly workQueue: WorkQueue;
  readonly findUnadopted: FindUnadopted;
}

export const createAdoption = (dependencies: Dependencies): Adoption => {
  const { clock, clusterName, identity, enis, workQueue, findUnadopted } = dependencies;

  const plan = async (names: readonly string[] | undefined) => {
    const [{ items }, states, nodes, uid] = await Promise.all([
      dependencies.nodeEnis.list(),
      dependencies.states.list(),
      dependencies.nodes.list(),
      identity.uid(),
    ]);
    const context = { cluster: { name: clusterName, uid }, nodes, now: clock.now() };
    const chosen = items.filter(({ metadata }) => names?.includes(metadata.name) ?? true);
    const actions = await Promise.all(
      chosen.map(async (nodeEni) =>
        (await findUnadopted(nodeEni, states, nodes)).map((unadopted) => ({
          nodeEni: nodeEni.metadata.name,
          ...planAdoption(nodeEni, unadopted, context),
        })),
      ),
    );
    return actions.flat();
  };

  return {
    async adopt({ names, isDryRun }) {
      const actions = await plan(names);
      if (isDryRun) return actions;
      for (const action of actions) {
        if (action.type !== 'adopt') continue;
        const cause = {
          instanceId: action.instanceId,
          nodeEni: action.nodeEni,
          why: 'asked for by nodeeni adopt',
        };
        await enis.setTags(action.eniId, action.tags, cause);
        // The Go controller's own mark goes last: until then a crash leaves an ENI that is still found.
        await enis.removeTags(action.eniId, [PEER_TAGS.managedBy], cause);
        await workQueue.hint([instanceKey(action.instanceId), nodeEniKey(action.nodeEni)]);
      }
      return actions;
    },
  };
};
