import type { ObjectMeta } from '#core/apis/v1alpha1/node-eni.ts';
import type { KubernetesObject } from './kubernetes-api.ts';

/**
 * The metadata of an object without what nobody here reads: who wrote which field, which of an object with many slots is as large
 * as the rest of it ("Field Management", kubernetes.io).
 */
export const metadataOf = ({ metadata }: KubernetesObject): ObjectMeta => {
  const { managedFields: _, ...kept } = metadata as KubernetesObject['metadata'] & {
    readonly managedFields?: unknown;
  };
  return { ...kept, uid: metadata.uid ?? '' };
};
