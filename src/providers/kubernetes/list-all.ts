import type { Page } from '#core/ports/page.ts';
import {
  ExpiredPage,
  type KubernetesApi,
  type KubernetesObject,
  type ListOptions,
  type Resource,
} from './kubernetes-api.ts';

const PAGE_SIZE = 250;

type Slim<T> = (object: KubernetesObject) => T;

const pageOf = async <T>(
  kubernetes: KubernetesApi,
  resource: Resource,
  slim: Slim<T>,
  options: Pick<ListOptions, 'labelSelector' | 'continue'>,
): Promise<Page<T>> => {
  const page = await kubernetes.list(resource, { ...options, limit: PAGE_SIZE });
  return {
    items: page.items.map(slim),
    ...(page.continue && { next: page.continue }),
  };
};

const following = (next: string | undefined) => (next === undefined ? {} : { continue: next });

/** Reads every page of a list, keeping of each object only what `slim` makes of it: of one that is made to nothing, nothing. */
export const listAll = async <T>(
  kubernetes: KubernetesApi,
  resource: Resource,
  slim: Slim<T | undefined>,
  options: Pick<ListOptions, 'labelSelector'> = {},
): Promise<T[]> => {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await pageOf(kubernetes, resource, slim, { ...options, ...following(next) });
    for (const item of page.items) if (item !== undefined) all.push(item);
    next = page.next;
  } while (next !== undefined);
  return all;
};

/**
 * Reads one page of a list that may have been begun long ago: the objects after it are then as they are now. `next`: what the page
 * before said; absent for the first.
 */
export const readPage = async <T>(
  kubernetes: KubernetesApi,
  resource: Resource,
  slim: Slim<T>,
  next?: string,
): Promise<Page<T>> => {
  try {
    return await pageOf(kubernetes, resource, slim, following(next));
  } catch (error) {
    if (!(error instanceof ExpiredPage)) throw error;
    return pageOf(kubernetes, resource, slim, { continue: error.continue });
  }
};

/** How many objects there are, by a list of one; undefined when the server does not say. */
export const countAll = async (
  kubernetes: KubernetesApi,
  resource: Resource,
): Promise<number | undefined> => {
  const {
    items,
    continue: next,
    remainingItemCount,
  } = await kubernetes.list(resource, { limit: 1 });
  if (!next) return items.length;
  return remainingItemCount === undefined ? undefined : items.length + remainingItemCount;
};
