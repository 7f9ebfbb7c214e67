import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { createStartupTaint } from '#core/controllers/startup-taint/controller.ts';
import { CallError, type FailureClass } from '#core/errors.ts';
import type { NodeStore } from '#core/ports/cluster.ts';
import type { InstanceReadiness } from '#core/readiness.ts';
import { aNode } from '#test/support/builders.ts';

const NODE = aNode({ taints: [{ key: NOT_READY_TAINT, effect: 'NoSchedule' }] });

const READY: InstanceReadiness = {
  isKnown: true,
  unattached: [],
  unconfigured: [],
  isFlagPending: false,
};

/** A cluster that notes which taint is taken off which node. */
const aCluster = (removeTaint: NodeStore['removeTaint'] = async () => undefined) => {
  const removed: string[] = [];
  const nodes: Pick<NodeStore, 'removeTaint'> = {
    removeTaint(node, key) {
      removed.push(`${node.name} ${key}`);
      return removeTaint(node, key);
    },
  };
  return { removed, taint: createStartupTaint(nodes) };
};

const refusing = (failure: FailureClass) =>
  aCluster(() => Promise.reject(new CallError(failure, 'Code', 'refused')));

describe('createStartupTaint', () => {
  it('takes our taint off a node that is ready', async () => {
    const { removed, taint } = aCluster();

    await taint.reconcile(NODE, READY);

    expect(removed).toEqual([`${NODE.name} ${NOT_READY_TAINT}`]);
  });

  it('leaves a node alone that is not ready', async () => {
    const { removed, taint } = aCluster();

    await taint.reconcile(NODE, { ...READY, isKnown: false });

    expect(removed).toEqual([]);
  });

  it.each(['Conflict', 'Invalid', 'NotFound'] as const)(
    'leaves a node that changed meanwhile to the next reconcile: %s',
    async (failure) => {
      await expect(refusing(failure).taint.reconcile(NODE, READY)).resolves.toBeUndefined();
    },
  );

  it.each(['Denied', 'Throttled', 'Unknown'] as const)('throws %s on', async (failure) => {
    await expect(refusing(failure).taint.reconcile(NODE, READY)).rejects.toMatchObject({ failure });
  });
});
