import type { Filter } from '@aws-sdk/client-ec2';
import { ec2Error } from './errors.ts';

/** What a filter reads of a thing: every value under the filter's name. */
export type FilterFields<T> = Readonly<
  Record<string, (thing: T) => readonly (string | undefined)[]>
>;

interface Tagged {
  readonly tags: ReadonlyMap<string, string>;
}

/** Limits of one request ("Filtering considerations", EC2 User Guide). */
const MOST_VALUES = 200;
const MOST_FILTERS = 50;

const TAG = 'tag:';

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');

const toPattern = (value: string): RegExp => {
  const parts = value.match(/\\?./gsu) ?? [];
  const translated = parts.map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.?';
    return escaped(part.length > 1 ? part.slice(1) : part);
  });
  return new RegExp(`^${translated.join('')}$`, 'su');
};

const isPattern = (value: string): boolean => /[*?\\]/.test(value);

/**
 * `*` stands for any characters, `?` for at most one, and after a backslash both and the backslash for themselves ("Use wildcards
 * with filters", EC2 User Guide; "Filter", EC2 API Reference).
 */
const matcherOf = (values: readonly string[]): ((value: string) => boolean) => {
  const plain = new Set(values.filter((value) => !isPattern(value)));
  const patterns = values.filter(isPattern).map(toPattern);
  return (value) => plain.has(value) || patterns.some((pattern) => pattern.test(value));
};

const readerOf = <T extends Tagged>(
  name: string,
  fields: FilterFields<T>,
): ((thing: T) => readonly (string | undefined)[]) => {
  const reader = fields[name];
  if (reader !== undefined) return reader;
  if (name === 'tag-key') return ({ tags }) => [...tags.keys()];
  if (!name.startsWith(TAG))
    throw ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`);
  const key = name.slice(TAG.length);
  return ({ tags }) => [tags.get(key)];
};

const predicateOf = <T extends Tagged>(
  { Name = '', Values = [] }: Filter,
  fields: FilterFields<T>,
): ((thing: T) => boolean) => {
  const read = readerOf(Name, fields);
  const matches = matcherOf(Values);
  return (thing) => read(thing).some((value) => value !== undefined && matches(value));
};

/** Values of one filter are alternatives, several filters must all hold ("List and filter your resources", EC2 User Guide). */
export const filtered = <T extends Tagged>(
  things: Iterable<T>,
  filters: readonly Filter[] | undefined,
  fields: FilterFields<T>,
): T[] => {
  if ((filters ?? []).length > MOST_FILTERS)
    throw ec2Error(
      'FilterLimitExceeded',
      `The maximum number of filters specified on a single call is ${MOST_FILTERS}`,
    );
  // The guide speaks of the values of a filter, the refusal of those of a call: the stricter one holds here.
  if ((filters ?? []).reduce((sum, { Values = [] }) => sum + Values.length, 0) > MOST_VALUES)
    throw ec2Error(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${MOST_VALUES}`,
    );
  // Read before the things are looked at: a wrong filter is refused in an empty account too.
  const predicates = (filters ?? []).map((filter) => predicateOf(filter, fields));
  return [...things].filter((thing) => predicates.every((holds) => holds(thing)));
};
