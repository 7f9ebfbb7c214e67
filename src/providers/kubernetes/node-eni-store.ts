import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import {
  type NodeEni,
  type NodeEniStatus,
  nodeEniSpecSchema,
} from '#core/apis/v1alpha1/node-eni.ts';
import { schemaFaults } from '#core/apis/v1alpha1/schema-faults.ts';
import { ignoreNotFound } from '#core/errors.ts';
import type { InvalidNodeEni, NodeEniStore } from '#core/ports/cluster.ts';
import type { KubernetesApi, KubernetesObject } from './kubernetes-api.ts';
import { listAll } from './list-all.ts';
import { metadataOf } from './object-meta.ts';
import { NODE_ENIS } from './resources.ts';

const selectingSchema = nodeEniSpecSchema.pick({ nodeSelector: true, selector: true });

const read = (object: KubernetesObject): NodeEni | InvalidNodeEni => {
  const metadata = metadataOf(object);
  const status = object.status as NodeEniStatus | undefined;
  const parsed = nodeEniSpecSchema.safeParse(object.spec ?? {});
  if (parsed.success) return { metadata, spec: parsed.data, ...(status && { status }) };
  const selecting = selectingSchema.safeParse(object.spec);
  return {
    name: metadata.name,
    metadata,
    ...(status && { status }),
    ...(selecting.success && { selecting: selecting.data }),
    faults: schemaFaults(parsed.error, ['spec']),
  };
};

const isValid = (object: NodeEni | InvalidNodeEni): object is NodeEni => 'spec' in object;

/** NodeENIs with their defaults; what no longer fits the schema is told apart, never dropped. */
export const createNodeEniStore = (kubernetes: KubernetesApi): NodeEniStore => {
  const patchFinalizers = async ({ metadata }: NodeEni, finalizers: readonly string[]) => {
    const { name, resourceVersion } = metadata;
    await kubernetes.patch(NODE_ENIS, name, {
      type: 'merge',
      body: { metadata: { finalizers, ...(resourceVersion !== undefined && { resourceVersion }) } },
    });
  };

  return {
    async list() {
      const all = await listAll(kubernetes, NODE_ENIS, read);
      return {
        items: all.filter(isValid),
        invalid: all.filter((object): object is InvalidNodeEni => !isValid(object)),
      };
    },

    async get(name) {
      const object = await ignoreNotFound(kubernetes.get(NODE_ENIS, name));
      const nodeEni = object && read(object);
      return nodeEni !== undefined && isValid(nodeEni) ? nodeEni : undefined;
    },

    addFinalizer: (nodeEni) =>
      patchFinalizers(nodeEni, [...(nodeEni.metadata.finalizers ?? []), FINALIZER]),

    async removeFinalizer(nodeEni) {
      const others = (nodeEni.metadata.finalizers ?? []).filter((name) => name !== FINALIZER);
      await ignoreNotFound(patchFinalizers(nodeEni, others));
    },

    async patchStatus(name, status) {
      await ignoreNotFound(
        kubernetes.patch(
          NODE_ENIS,
          name,
          { type: 'merge', body: { status } },
          { subresource: 'status' },
        ),
      );
    },
  };
};
