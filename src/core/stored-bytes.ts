const encoder = new TextEncoder();

/** Go's JSON writes these as six bytes ("encoding/json", HTMLEscape). */
const ESCAPED = /[<>&\u2028\u2029]/g;

const jsonBytes = (value: unknown): number => {
  const text = JSON.stringify(value) ?? '';
  return encoder.encode(text).length + 5 * (text.match(ESCAPED)?.length ?? 0);
};

/** `"f:key":{},` of each field: the server notes who wrote it ("Server-Side Apply", Field management, kubernetes.io). */
const MARK_BYTES = 8;

const fieldBytes = (value: unknown): number =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? 0
    : Object.entries(value).reduce(
        (sum, [key, part]) => sum + jsonBytes(key) + MARK_BYTES + fieldBytes(part),
        0,
      );

/** What a part of an object takes in storage: its JSON, and what the server notes of its fields. */
export const storedBytes = (value: unknown): number => jsonBytes(value) + fieldBytes(value);

/** The first of some items that take no more than so many bytes together. */
export const firstWithin = <T>(items: readonly T[], most: number): readonly T[] => {
  let sum = 0;
  const end = items.findIndex((item) => {
    sum += jsonBytes(item) + 1;
    return sum > most;
  });
  return end === -1 ? items : items.slice(0, end);
};

/** The first characters of a text, and none of them half. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
