import type { NamespaceStore } from '#core/ports/cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { listAll } from './list-all.ts';
import { NAMESPACES } from './resources.ts';

/** Namespaces by their labels. */
export const createNamespaceStore = (kubernetes: KubernetesApi): NamespaceStore => ({
  list: (labelSelector) =>
    listAll(
      kubernetes,
      NAMESPACES,
      ({ metadata }) => ({
        name: metadata.name,
        isEnding: metadata.deletionTimestamp !== undefined,
      }),
      labelSelector === '' ? {} : { labelSelector },
    ),
});
