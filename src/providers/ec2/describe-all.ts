import type { Page } from '#core/ports/page.ts';
import { answersOf } from '../classify.ts';
import { allPages, inChunks } from '../paginate.ts';
import { classifyEc2Error } from './errors.ts';

interface Answer<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

const answered = answersOf(classifyEc2Error);

/** Reads one page of a describe call: the first, or the one that the page before named. Throws as `describeAll` does. */
export const describePage = async <T>(
  operation: string,
  read: (page: { readonly NextToken?: string }) => Promise<Answer<T>>,
  next: string | undefined,
): Promise<Page<T>> => {
  const { items, nextToken } = await answered(
    operation,
    read(next === undefined ? {} : { NextToken: next }),
  );
  return { items, ...(nextToken && { next: nextToken }) };
};

/**
 * Reads every page of a describe call. `read` gets the part of the input that asks for a page: nothing for the
 * first one. Throws `CallError` named after the operation.
 */
export const describeAll = <T>(
  operation: string,
  read: (page: { readonly NextToken?: string }) => Promise<Answer<T>>,
): Promise<T[]> =>
  allPages((NextToken) => answered(operation, read(NextToken === undefined ? {} : { NextToken })));

/** A filter takes at most 200 values ("Filter", EC2 API Reference). */
const MOST_FILTER_VALUES = 200;

/** In a filter `*` and `?` stand for other characters unless a backslash is before them ("Filter", EC2 API Reference). */
const literally = (value: string): string => value.replaceAll(/[*?\\]/g, '\\$&');

/**
 * Runs a describe for each 200 of a filter's values and joins the answers. No values, no call. Each value stands for itself,
 * whoever wrote it. `otherValues` is how many the other filters of the call have: EC2's refusal speaks of all in a call.
 */
export const inFilterChunks = <T>(
  values: readonly string[],
  read: (chunk: string[]) => Promise<readonly T[]>,
  otherValues = 0,
): Promise<T[]> => inChunks(values.map(literally), MOST_FILTER_VALUES - otherValues, read);
