import type { Page } from '#core/ports/page.ts';
import type { Meter } from './room.ts';

/** A list that is read in pages. */
export interface List<T> {
  page(next?: string): Promise<Page<T>>;
}

/**
 * Reads a list from a place on until there is no room for more: one page at least. In: what is taken from each page, which tells how
 * much that was. Out: where the list goes on; undefined at its end.
 */
export const readPages = async <T>(
  list: List<T>,
  from: string | undefined,
  meter: Meter,
  take: (items: readonly T[]) => Promise<number> | number,
): Promise<string | undefined> => {
  let next = from;
  do {
    const page = await list.page(next);
    meter.add(await take(page.items));
    ({ next } = page);
  } while (next !== undefined && !meter.isFull());
  return next;
};
