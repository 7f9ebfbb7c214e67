import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';
import { createNetworkAttachments } from '#core/controllers/network-attachments/controller.ts';
import { aNodeEni } from '#test/support/builders.ts';

type NodeEniInput = z.input<typeof nodeEniSpecSchema>;

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

const aNetwork = (name: string, network: NonNullable<NodeEniInput['podNetwork']>) =>
  aNodeEni({ ipv4PrefixCount: 1, podNetwork: network }, { name });

/** A cluster that notes what is read of it. */
const aCluster = () => {
  const read: string[] = [];
  const networks = createNetworkAttachments({
    attachments: {
      async listOurs() {
        read.push('networks');
        return [];
      },
      create: nobodyAsks,
      mend: nobodyAsks,
      delete: nobodyAsks,
    },
    namespaces: {
      async list(selector) {
        read.push(`namespaces ${selector}`);
        return [{ name: 'core', isEnding: false }];
      },
    },
  });
  return { networks, read };
};

describe('a batch of networks', () => {
  it('is read once for all NodeENIs of it, and anew for the next', async () => {
    const { networks, read } = aCluster();
    const blue = { namespaceSelector: { matchLabels: { team: 'blue' } } };
    const nodeEnis = [
      aNetwork('a', blue),
      aNetwork('b', blue),
      aNetwork('c', { namespaces: ['core'] }),
    ];
    const batch = networks.forBatch();

    await Promise.all(nodeEnis.map((nodeEni) => batch.look(nodeEni)));
    const first = read.splice(0);
    await networks.forBatch().look(aNetwork('d', { namespaces: ['core'] }));

    expect(first).toEqual(['networks', 'namespaces team=blue']);
    expect(read).toEqual(['networks']);
  });
});
