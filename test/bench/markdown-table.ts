/** In: the heading cells and the rows. Out: a Markdown table whose columns line up in a terminal. */
export const markdownTable = (
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [heading, rule, ...rows].map(line).join('\n');
};
