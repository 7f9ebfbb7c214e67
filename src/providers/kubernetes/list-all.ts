import type { KubernetesApi, KubernetesObject, ListOptions, Resource } from './kubernetes-api.ts';

const PAGE_SIZE = 250;

/** Reads every page of a list, keeping of each object only what `slim` makes of it. */
export const listAll = async <T>(
  kubernetes: KubernetesApi,
  resource: Resource,
  slim: (object: KubernetesObject) => T,
  options: Pick<ListOptions, 'labelSelector'> = {},
): Promise<T[]> => {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await kubernetes.list(resource, {
      ...options,
      limit: PAGE_SIZE,
      ...(next !== undefined && { continue: next }),
    });
    all.push(...page.items.map(slim));
    next = page.continue === '' ? undefined : page.continue;
  } while (next !== undefined);
  return all;
};
