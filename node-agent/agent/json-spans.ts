/** A stretch of a text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface PropertySpan {
  readonly key: string;
  readonly value: Span;
}

const afterSpace = (text: string, from: number): number => {
  let at = from;
  while (/[ \t\n\r]/.test(text[at] ?? '')) at += 1;
  return at;
};

const afterString = (text: string, start: number): number => {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

const afterNested = (text: string, start: number): number => {
  let depth = 0;
  let at = start;
  do {
    const character = text[at] ?? '';
    if ('[{'.includes(character)) depth += 1;
    if (']}'.includes(character)) depth -= 1;
    at = character === '"' ? afterString(text, at) : at + 1;
  } while (depth > 0);
  return at;
};

const afterValue = (text: string, start: number): number => {
  const first = text[start] ?? '';
  if (first === '"') return afterString(text, start);
  if ('[{'.includes(first)) return afterNested(text, start);
  let at = start;
  while (/[^\s,\]}]/.test(text[at] ?? ' ')) at += 1;
  return at;
};

/**
 * The elements of the array that starts at `start`, each with the white space around it: joined by commas and set in
 * brackets they are the array again, byte for byte. The text must be valid JSON.
 */
export const elementTexts = (text: string, start: number): readonly string[] => {
  const texts: string[] = [];
  let at = start + 1;
  if (text[afterSpace(text, at)] === ']') return texts;
  for (;;) {
    const end = afterSpace(text, afterValue(text, afterSpace(text, at)));
    texts.push(text.slice(at, end));
    if (text[end] !== ',') return texts;
    at = end + 1;
  }
};

/** Where the values of the object that starts at `start` lie, in their order. The text must be valid JSON. */
export const propertySpans = (text: string, start: number): readonly PropertySpan[] => {
  const spans: PropertySpan[] = [];
  let at = afterSpace(text, start + 1);
  while (text[at] !== '}') {
    const keyEnd = afterString(text, at);
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    const valueStart = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const end = afterValue(text, valueStart);
    spans.push({ key: String(key), value: { start: valueStart, end } });
    at = afterSpace(text, end);
    if (text[at] === ',') at = afterSpace(text, at + 1);
  }
  return spans;
};

/** Where the outermost value starts. */
export const rootStart = (text: string): number => afterSpace(text, 0);
