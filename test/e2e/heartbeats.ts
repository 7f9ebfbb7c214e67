import type { FleetNode } from '#test/support/servers/fleet-nodes.ts';
import { type KubeClient, NODES_PATH } from './kube-client.ts';

/**
 * What kubelets write while nothing happens: so many times, node after node, a new heartbeat time in
 * the Ready condition, and nothing else. Heartbeats lie a second apart in what they say, not in time.
 */
export const sendHeartbeats = async (
  client: KubeClient,
  nodes: readonly FleetNode[],
  count: number,
): Promise<void> => {
  const start = Date.now();
  for (let beat = 0; beat < count; beat += 1) {
    const node = nodes[beat % nodes.length];
    if (node === undefined) throw new Error('There is no node whose heart could beat.');
    const path = `${NODES_PATH}/${node.name}/status`;
    const { status } = await client.call('PATCH', path, {
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
            lastHeartbeatTime: new Date(start + beat * 1000).toISOString(),
            lastTransitionTime: '2026-01-01T00:00:00Z',
          },
        ],
      },
    });
    if (status !== 200)
      throw new Error(`The heartbeat of ${node.name} was answered with ${status}.`);
  }
};
