import { z } from 'zod';
import type { ApiClient, ApiRequest } from './api-client.ts';

const nodeSchema = z.object({
  spec: z.object({ providerID: z.string().default('') }),
  status: z.object({ allocatable: z.record(z.string(), z.string()).default({}) }),
});

/** What a node offers is asked for in each reconcile, and a server that hangs must not hold up the host. */
const PATIENCE_SECONDS = 2;

/** This agent's own node. */
export interface NodeClient {
  /** Instance id out of `aws:///us-east-1a/i-0abc`; undefined when the node does not say. */
  instanceId(signal?: AbortSignal): Promise<string | undefined>;
  /** Extended resources that the node offers, by name. */
  allocatable(): Promise<Readonly<Record<string, number>>>;
}

/** Reads one Node by its name. Rejects with an `ApiError`, or a `ZodError` for what is no Node. */
export const createNodeClient = (api: ApiClient, nodeName: string): NodeClient => {
  const path = `/api/v1/nodes/${encodeURIComponent(nodeName)}`;
  const read = async (request: Omit<ApiRequest, 'path'>) =>
    nodeSchema.parse(await api.send({ path, ...request }));
  return {
    async instanceId(signal) {
      const { spec } = await read({ ...(signal && { signal }) });
      return /\/(i-[0-9a-f]+)$/.exec(spec.providerID)?.[1];
    },
    async allocatable() {
      const { status } = await read({ idleTimeoutSeconds: PATIENCE_SECONDS });
      // Extended resources are whole numbers; quantities with units belong to others ("Extended resources", kubernetes.io).
      return Object.fromEntries(
        Object.entries(status.allocatable)
          .filter(([, amount]) => /^\d+$/.test(amount))
          .map(([name, amount]) => [name, Number(amount)]),
      );
    },
  };
};
