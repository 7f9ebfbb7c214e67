import { describe, expect, it } from 'vitest';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import { nodeEni, nodeEniManifest, setUp, specPatch } from './cluster.ts';

describe('AdmissionChain', () => {
  it('calls the webhook before the object is stored and returns its warnings to the writer', async () => {
    const { kubernetes } = setUp();
    const seen: string[] = [];
    kubernetes.onAdmission(async ({ request }) => {
      const { items } = await kubernetes.list(NODE_ENIS);
      seen.push(
        `${request.operation} ${request.name} by ${request.userInfo.username}, ${items.length} stored`,
      );
      return { response: { uid: request.uid, allowed: true, warnings: ['mind the gap'] } };
    });
    const alice = kubernetes.as('alice');

    await alice.create(NODE_ENIS, nodeEni('a'));

    expect(seen).toEqual(['CREATE a by alice, 0 stored']);
    expect(alice.warnings).toEqual(['mind the gap']);
    expect(kubernetes.warnings).toEqual([]);
  });

  it('shows kubectl the warnings of an apply', async () => {
    const { kubernetes } = setUp();
    kubernetes.onAdmission(() => ({ response: { warnings: ['no such subnet'] } }));

    await kubernetes.apply(nodeEniManifest('a', 9001));

    expect(kubernetes.warnings).toEqual(['no such subnet']);
  });

  it('does not tell the product of its own writes, nor of heartbeats', async () => {
    const { kubernetes } = setUp();
    await kubernetes.registerNode({ name: 'n', providerID: 'aws:///a/i-1' });
    await kubernetes.create(NODE_ENIS, nodeEni('a'));
    const operations: string[] = [];
    kubernetes.onAdmission(({ request }) => {
      operations.push(`${request.operation} ${request.name}`);
      return undefined;
    });

    await kubernetes.as('nodeeni').patch(NODE_ENIS, 'a', specPatch({ mtu: 9001 }));
    await kubernetes.heartbeat('n');
    await kubernetes.setNodeReady('n', false);
    await kubernetes.labelNode('n', { ng: 'multi-eni' });
    await kubernetes.deleteNode('n');

    expect(operations).toEqual(['UPDATE n', 'DELETE n']);
  });

  it('stores the object when the webhook fails, and not when it refuses', async () => {
    const { kubernetes } = setUp();
    const remove = kubernetes.onAdmission(() => {
      throw new Error('down');
    });
    await expect(kubernetes.create(NODE_ENIS, nodeEni('a'))).resolves.toBeDefined();
    remove();
    kubernetes.onAdmission(() => ({
      response: { allowed: false, status: { message: 'not on a Friday' } },
    }));

    const refused = kubernetes.create(NODE_ENIS, nodeEni('b'));

    await expect(refused).rejects.toMatchObject({ failure: 'Denied' });
    await expect(refused).rejects.toThrow('not on a Friday');
    await expect(kubernetes.get(NODE_ENIS, 'b')).rejects.toMatchObject({ failure: 'NotFound' });
  });

  it('names the subresource of a write of the status', async () => {
    const { kubernetes } = setUp();
    await kubernetes.registerNode({ name: 'n', providerID: 'aws:///a/i-1' });
    const subresources: unknown[] = [];
    kubernetes.onAdmission(({ request }) => {
      subresources.push(request.subResource);
      return undefined;
    });
    const labels = { type: 'merge', body: { metadata: { labels: { ng: 'multi-eni' } } } } as const;

    await kubernetes.as('kubelet').patch(NODES, 'n', labels, { subresource: 'status' });

    expect(subresources).toEqual(['status']);
  });

  it('gives a patch up as a conflict when the object changes at each of five tries', async () => {
    const { kubernetes } = setUp();
    await kubernetes.create(NODE_ENIS, nodeEni('a'));
    const product = kubernetes.as('nodeeni');
    let tries = 0;
    kubernetes.onAdmission(async () => {
      tries += 1;
      await product.patch(NODE_ENIS, 'a', specPatch({ mtu: 1_000 + tries }));
      return undefined;
    });

    const call = kubernetes.patch(NODE_ENIS, 'a', specPatch({ paused: true }));

    await expect(call).rejects.toMatchObject({ failure: 'Conflict' });
    expect(tries).toBe(5);
  });

  it('keeps both of two patches that cross while the webhook is asked', async () => {
    const { clock, kubernetes } = setUp();
    await kubernetes.create(NODE_ENIS, nodeEni('a'));
    kubernetes.onAdmission(async () => {
      await clock.sleep(10);
      return undefined;
    });

    const writes = [{ mtu: 9001 }, { paused: true }].map((body) =>
      kubernetes.patch(NODE_ENIS, 'a', specPatch(body)),
    );
    await clock.advanceBy(1_000);
    await Promise.all(writes);

    const stored = await kubernetes.get(NODE_ENIS, 'a');
    expect(stored.spec).toMatchObject({ mtu: 9001, paused: true });
    expect(stored.metadata.generation).toBe(3);
  });
});
