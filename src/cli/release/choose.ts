import { type NodeEni, nodeEniSpecSchema } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniStore } from '#core/ports/cluster.ts';
import { Complaint } from '../complaint.ts';

/** Enough of a NodeENI that no longer fits the schema to let go of it. */
const SPEC_OF_INVALID = nodeEniSpecSchema.parse({});

/** Every NodeENI, those included whose spec cannot be read. */
export const allNodeEnis = async (nodeEnis: NodeEniStore): Promise<readonly NodeEni[]> => {
  const { items, invalid } = await nodeEnis.list();
  return [
    ...items,
    ...invalid.map(({ metadata, status }) => ({
      metadata,
      spec: SPEC_OF_INVALID,
      ...(status && { status }),
    })),
  ];
};

/** The NodeENIs of these names. Throws a `Complaint` for a name that is not there, before anything is changed. */
export const chooseNodeEnis = async (
  nodeEnis: NodeEniStore,
  names: readonly string[],
): Promise<readonly NodeEni[]> => {
  const all = await allNodeEnis(nodeEnis);
  return [...new Set(names)].map((name) => {
    const found = all.find(({ metadata }) => metadata.name === name);
    if (found !== undefined) return found;
    throw new Complaint(`There is no NodeENI "${name}". Run "kubectl get nodeeni" to see them.`);
  });
};
