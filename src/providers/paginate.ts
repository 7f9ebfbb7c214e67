interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** Reads every page of a list call. An empty token means the same as none: that was the last page. */
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

/** Runs a call for each so many of the values, all at once, and joins the answers. No values, no call. */
export const inChunks = async <T>(
  values: readonly string[],
  mostValues: number,
  read: (chunk: string[]) => Promise<readonly T[]>,
): Promise<T[]> => {
  const chunks = Array.from({ length: Math.ceil(values.length / mostValues) }, (_, index) =>
    values.slice(index * mostValues, (index + 1) * mostValues),
  );
  return (await Promise.all(chunks.map(read))).flat();
};
