import { z } from 'zod';
import type { PluginCluster } from '../agent/host.ts';
import { steadySeconds } from '../steady-clock.ts';
import { type ApiClient, ApiError } from './api-client.ts';
import { createNodeClient } from './node-client.ts';

const podListSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        deletionTimestamp: z.string().optional(),
        labels: z.record(z.string(), z.string()).default({}),
        ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
      }),
      spec: z.object({ nodeName: z.string().default('') }),
    }),
  ),
});

type Pod = z.infer<typeof podListSchema>['items'][number];

export interface PluginPods {
  readonly nodeName: string;
  readonly namespaces: readonly string[];
  /** Labels by which the plugin's pods are known, `key=value`; one of them is enough. */
  readonly labels: readonly string[];
}

const isPlugin =
  ({ nodeName, labels: known }: PluginPods) =>
  ({ metadata, spec }: Pod): boolean =>
    spec.nodeName === nodeName &&
    metadata.deletionTimestamp === undefined &&
    // Nobody would start another pod in the place of one without an owner.
    metadata.ownerReferences.some(({ kind }) => kind === 'DaemonSet') &&
    Object.entries(metadata.labels).some(([key, value]) => known.includes(`${key}=${value}`));

/** What a node offers changes when the device plugin starts, which takes seconds; reconciles come with every pod. */
const REMEMBERED_SECONDS = 2;

/**
 * The device plugin on this node, and what the node offers, at most two seconds old. While the API server is away the node
 * offers what it did when last asked.
 */
export const createPluginCluster = (
  api: ApiClient,
  pods: PluginPods,
  seconds: () => number = steadySeconds,
): PluginCluster => {
  const node = createNodeClient(api, pods.nodeName);
  let last: Readonly<Record<string, number>> = {};
  let askedAt = Number.NEGATIVE_INFINITY;

  const restartIn = async (namespace: string): Promise<number> => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const fieldSelector = `spec.nodeName=${pods.nodeName}`;
    const { items } = podListSchema.parse(await api.send({ path, query: { fieldSelector } }));
    const own = items.filter(isPlugin(pods));
    for (const { metadata } of own) {
      try {
        await api.send({ method: 'DELETE', path: `${path}/${encodeURIComponent(metadata.name)}` });
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    }
    return own.length;
  };

  return {
    async allocatable() {
      if (seconds() - askedAt < REMEMBERED_SECONDS) return last;
      askedAt = seconds();
      try {
        last = await node.allocatable();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
      return last;
    },
    async restartPlugin() {
      let count = 0;
      for (const namespace of pods.namespaces) count += await restartIn(namespace);
      askedAt = Number.NEGATIVE_INFINITY;
      return count;
    },
  };
};
