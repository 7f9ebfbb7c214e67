interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** Reads every page of a list call. */
export const allPages = async <T>(
  read: (nextToken: string | undefined) => Promise<Page<T>>,
): Promise<T[]> => {
  const all: T[] = [];
  let nextToken: string | undefined;
  do {
    const page = await read(nextToken);
    all.push(...page.items);
    nextToken = page.nextToken === '' ? undefined : page.nextToken;
  } while (nextToken !== undefined);
  return all;
};

/** A filter takes at most 200 values ("Filter", EC2 API Reference). */
const MOST_FILTER_VALUES = 200;

/** Runs a call for each 200 of the values and joins the answers. No values, no call. */
export const inChunks = async <T>(
  values: readonly string[],
  read: (chunk: string[]) => Promise<readonly T[]>,
): Promise<T[]> => {
  const chunks = Array.from({ length: Math.ceil(values.length / MOST_FILTER_VALUES) }, (_, index) =>
    values.slice(index * MOST_FILTER_VALUES, (index + 1) * MOST_FILTER_VALUES),
  );
  return (await Promise.all(chunks.map(read))).flat();
};
