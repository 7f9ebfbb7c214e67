import type { SimulatedWorld } from '../simulation/world.ts';
import { NODE_LABELS } from './manifest.ts';
import type { Snapshot } from './snapshot.ts';
import { ZONE } from './stage.ts';

/** Time from a running instance to a kubelet that registers. */
const BOOT_SECONDS = 12;

/** The part of a cluster that is not the product: kubelets register, and Nodes go with their instances. */
export const createNodes = ({ kubernetes }: SimulatedWorld) => {
  const runningSince = new Map<string, number>();

  const isBooted = (instanceId: string, at: Date): boolean => {
    const since = runningSince.get(instanceId) ?? at.getTime();
    runningSince.set(instanceId, since);
    return at.getTime() - since >= BOOT_SECONDS * 1000;
  };

  return {
    /** Does what the kubelets and the cloud controller manager do about a moment. */
    async follow({ at, instances, nodeNames }: Snapshot): Promise<void> {
      for (const [instanceId, { state, nodeName: name }] of instances) {
        const isRegistered = nodeNames.has(name);
        if (state === 'running' && isBooted(instanceId, at) && !isRegistered) {
          const providerID = `aws:///${ZONE}/${instanceId}`;
          await kubernetes.registerNode({ name, providerID, labels: NODE_LABELS });
        }
        if (state === 'terminated' && isRegistered) await kubernetes.deleteNode(name);
      }
    },
  };
};

export type Nodes = ReturnType<typeof createNodes>;
