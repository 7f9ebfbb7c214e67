import { z } from 'zod';
import type { ApiClient } from './api-client.ts';

const nodeSchema = z.object({
  spec: z.object({ providerID: z.string().default('') }),
  status: z.object({ allocatable: z.record(z.string(), z.string()).default({}) }),
});

/** This agent's own node. */
export interface NodeClient {
  /** Instance id out of `aws:///us-east-1a/i-0abc`; undefined when the node does not tell it. */
  instanceId(): Promise<string | undefined>;
  /** Extended resources that the node offers, by name. */
  allocatable(): Promise<Readonly<Record<string, number>>>;
}

/** Reads one Node by its name. Rejects with an `ApiError`, or a `ZodError` for what is no Node. */
export const createNodeClient = (api: ApiClient, nodeName: string): NodeClient => {
  const read = async () =>
    nodeSchema.parse(await api.send({ path: `/api/v1/nodes/${encodeURIComponent(nodeName)}` }));
  return {
    async instanceId() {
      const { spec } = await read();
      return /\/(i-[0-9a-f]+)$/.exec(spec.providerID)?.[1];
    },
    async allocatable() {
      const { status } = await read();
      // Extended resources are whole numbers; quantities with units belong to others ("Extended resources", kubernetes.io).
      return Object.fromEntries(
        Object.entries(status.allocatable)
          .filter(([, amount]) => /^\d+$/.test(amount))
          .map(([name, amount]) => [name, Number(amount)]),
      );
    },
  };
};
