import type { Filter } from '@aws-sdk/client-ec2';
import { ec2Error } from './errors.ts';

/** What a filter sees of a thing: every value under its name. */
export type Fields = Readonly<Record<string, readonly (string | undefined)[]>>;

/** A filter takes at most 200 values ("Filter", EC2 API Reference). */
const MOST_VALUES = 200;

const tagFields = (tags: ReadonlyMap<string, string>): Record<string, string[]> => ({
  'tag-key': [...tags.keys()],
  ...Object.fromEntries([...tags].map(([key, value]) => [`tag:${key}`, [value]])),
});

const passes = (fields: Fields, { Name = '', Values = [] }: Filter): boolean => {
  if (Values.length > MOST_VALUES)
    throw ec2Error(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${MOST_VALUES}`,
    );
  const known = fields[Name];
  if (known === undefined && !Name.startsWith('tag:'))
    throw ec2Error('InvalidParameterValue', `The filter '${Name}' is invalid`);
  return Values.some((value) => known?.includes(value) ?? false);
};

/** Values of one filter are alternatives, several filters must all hold ("Filtering", EC2 User Guide). */
export const filtered = <T extends { readonly tags: ReadonlyMap<string, string> }>(
  things: Iterable<T>,
  filters: readonly Filter[] | undefined,
  fieldsOf: (thing: T) => Fields,
): T[] =>
  [...things].filter((thing) => {
    const fields = { ...tagFields(thing.tags), ...fieldsOf(thing) };
    return (filters ?? []).every((filter) => passes(fields, filter));
  });

/** Pages of 5 to 1000; without MaxResults everything comes at once. */
export const page = <T>(
  things: readonly T[],
  {
    MaxResults,
    NextToken,
  }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: readonly T[]; readonly next: { NextToken?: string } } => {
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > 1000))
    throw ec2Error(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  const start = NextToken === undefined ? 0 : Number(NextToken);
  const end = start + (MaxResults ?? things.length);
  return {
    items: things.slice(start, end),
    next: end < things.length ? { NextToken: `${end}` } : {},
  };
};
