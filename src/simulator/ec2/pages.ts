import { ec2Error } from './errors.ts';

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly NextToken?: string };
}

const SEPARATOR = ',';

/**
 * One page of a list and the token of the next. The token names what is still to come, so that nothing is
 * skipped when something disappears between two pages.
 */
export const pageOf = <T>(
  things: readonly T[],
  idOf: (thing: T) => string,
  { size = things.length, token }: { readonly size?: number; readonly token?: string | undefined },
): Page<T> => {
  const wanted = token === undefined ? undefined : new Set(token.split(SEPARATOR));
  const left = wanted === undefined ? things : things.filter((thing) => wanted.has(idOf(thing)));
  const rest = left.slice(size);
  return {
    items: left.slice(0, size),
    next: rest.length === 0 ? {} : { NextToken: rest.map(idOf).join(SEPARATOR) },
  };
};

/** Pages of 5 to 1000; without MaxResults everything comes at once ("DescribeNetworkInterfaces", EC2 API Reference). */
export const ec2Page = <T>(
  things: readonly T[],
  idOf: (thing: T) => string,
  { MaxResults, NextToken }: PageRequest,
): Page<T> => {
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > 1000))
    throw ec2Error(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  return pageOf(things, idOf, {
    ...(MaxResults !== undefined && { size: MaxResults }),
    token: NextToken,
  });
};
