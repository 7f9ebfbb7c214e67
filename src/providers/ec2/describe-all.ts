import { allPages, inChunks } from '../paginate.ts';
import { classifyEc2Error } from './errors.ts';

interface Answer<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * Reads every page of a describe call. `read` gets the part of the input that asks for a page: nothing for the
 * first one. Throws `CallError` named after the operation.
 */
export const describeAll = <T>(
  operation: string,
  read: (page: { readonly NextToken?: string }) => Promise<Answer<T>>,
): Promise<T[]> =>
  allPages(async (NextToken) => {
    try {
      return await read(NextToken === undefined ? {} : { NextToken });
    } catch (error) {
      throw classifyEc2Error(operation, error);
    }
  });

/** A filter takes at most 200 values ("Filter", EC2 API Reference). */
const MOST_FILTER_VALUES = 200;

/** Runs a describe for each 200 of a filter's values and joins the answers. No values, no call. */
export const inFilterChunks = <T>(
  values: readonly string[],
  read: (chunk: string[]) => Promise<readonly T[]>,
): Promise<T[]> => inChunks(values, MOST_FILTER_VALUES, read);
