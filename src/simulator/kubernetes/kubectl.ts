import { parseAllDocuments } from 'yaml';
import { CallError, failureOf } from '#core/errors.ts';
import type {
  KubernetesApi,
  KubernetesObject,
  Resource,
} from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { isRecord, recordOf } from './json-value.ts';
import { resourceOfManifest } from './served-resources.ts';

/** What a person does with kubectl. */
export interface Kubectl {
  /** YAML (several documents too) or an object: created, or merged into what is there. */
  apply(manifest: string | object): Promise<readonly KubernetesObject[]>;
  /** A null takes a label away. */
  labelNode(
    name: string,
    labels: Readonly<Record<string, string | null>>,
  ): Promise<KubernetesObject>;
  deleteNode(name: string): Promise<void>;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const isManifest = (value: unknown): value is KubernetesObject =>
  isRecord(value) && isRecord(value.metadata) && typeof value.metadata.name === 'string';

const parseManifests = (manifest: string | object): readonly KubernetesObject[] => {
  const documents: readonly unknown[] =
    typeof manifest === 'string'
      ? parseAllDocuments(manifest).map((document): unknown => document.toJS())
      : [manifest];
  return documents
    .filter((document) => document !== null)
    .map((document) => {
      if (isManifest(document)) return document;
      throw new CallError('Invalid', 'BadRequest', 'the manifest has no metadata.name');
    });
};

/** Nulls for the fields that were applied before and are not wanted any more. */
const removals = (before: unknown, now: unknown): unknown => {
  if (!isRecord(before) || !isRecord(now)) return now;
  const gone = Object.keys(before).filter((field) => !(field in now));
  return {
    ...Object.fromEntries(gone.map((field) => [field, null])),
    ...Object.fromEntries(
      Object.entries(now).map(([field, value]) => [field, removals(before[field], value)]),
    ),
  };
};

const withLastApplied = (manifest: KubernetesObject): KubernetesObject => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    annotations: {
      ...manifest.metadata.annotations,
      [LAST_APPLIED]: `${JSON.stringify(manifest)}\n`,
    },
  },
});

const applyOne = async (
  api: KubernetesApi,
  resource: Resource,
  manifest: KubernetesObject,
): Promise<KubernetesObject> => {
  const { name, namespace } = manifest.metadata;
  const wanted = withLastApplied(manifest);
  try {
    const { metadata } = await api.get(resource, name, namespace);
    const lastApplied: unknown = JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? '{}');
    const body = recordOf(removals(lastApplied, wanted));
    const options = namespace === undefined ? {} : { namespace };
    return await api.patch(resource, name, { type: 'merge', body }, options);
  } catch (error) {
    if (failureOf(error) !== 'NotFound') throw error;
    return api.create(resource, wanted);
  }
};

/**
 * kubectl over an API. `apply` keeps the last applied manifest beside the object, so that a field taken out of
 * the manifest is taken out of the object ("Declarative Management of Kubernetes Objects", kubernetes.io).
 */
export const createKubectl = (api: KubernetesApi): Kubectl => ({
  async apply(manifest) {
    const applied: KubernetesObject[] = [];
    for (const document of parseManifests(manifest)) {
      const resource = resourceOfManifest(document);
      if (resource === undefined) {
        const { apiVersion, kind } = document;
        throw new CallError('NotFound', 'NoMatch', `no matches for ${apiVersion}, Kind=${kind}`);
      }
      applied.push(await applyOne(api, resource, document));
    }
    return applied;
  },

  labelNode: (name, labels) =>
    api.patch(NODES, name, { type: 'merge', body: { metadata: { labels } } }),

  deleteNode: (name) => api.delete(NODES, name),
});
