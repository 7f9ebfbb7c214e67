/** What a terminal has that tells nothing of its width. */
const USUAL_COLUMNS = 80;

/** Narrower than this nothing can be read in any case. */
const LEAST_COLUMNS = 40;

const foldLine = (line: string, columns: number): string => {
  if (line.length <= columns) return line;
  const [indent = ''] = /^ */.exec(line) ?? [];
  const rows: string[] = [];
  let row = indent;
  for (const word of line.slice(indent.length).split(' ')) {
    const longer = row.trim() === '' ? `${row}${word}` : `${row} ${word}`;
    if (longer.length <= columns || row.trim() === '') row = longer;
    else {
      rows.push(row);
      row = `${indent}  ${word}`;
    }
  }
  return [...rows, row].join('\n');
};

/** Breaks lines between words so that they fit; what follows is indented by two more. A word that is longer stays whole. */
export const fold = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => foldLine(line, Math.max(columns, LEAST_COLUMNS)))
    .join('\n');

/** The text as this stream shows it best: folded for a terminal, as it is for a file or a program that reads lines. */
export const fitted = (
  text: string,
  { isTTY, columns = USUAL_COLUMNS }: { readonly isTTY?: boolean; readonly columns?: number },
): string => (isTTY === true ? fold(text, columns) : text);
