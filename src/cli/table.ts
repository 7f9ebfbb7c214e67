const GAP = '   ';

const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
};

/**
 * Lays rows out as `kubectl get` prints them. In: the header, then one row a line; a row may be shorter than the
 * header. Out: lines joined by newlines, without one at the end. The header is put in upper case.
 */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const [header = [], ...body] = rows;
  const printed = [header.map((title) => title.toUpperCase()), ...body];
  const widths = widthsOf(printed);
  return printed
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP))
    .map((line) => line.trimEnd())
    .join('\n');
};
