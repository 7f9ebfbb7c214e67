/**
 * JSON text with sorted keys and without undefined fields: equal objects give equal text, whatever order the
 * API server keeps their keys in.
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)),
        )
      : part,
  ) ?? '';

const isComposite = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('toJSON' in value);

const isEveryFieldSame = (left: object, right: object): boolean => {
  const fields = Object.entries(left).filter(([, part]) => part !== undefined);
  const others = Object.values(right).filter((part) => part !== undefined);
  return (
    fields.length === others.length &&
    fields.every(
      ([key, part]) => Object.hasOwn(right, key) && sameJson(part, Reflect.get(right, key)),
    )
  );
};

/** True when two JSON values say the same: as `canonicalJson` does, without writing any text. */
export const sameJson = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (!isComposite(left) || !isComposite(right))
    return canonicalJson(left) === canonicalJson(right);
  if (!Array.isArray(left) || !Array.isArray(right))
    return Array.isArray(left) === Array.isArray(right) && isEveryFieldSame(left, right);
  return left.length === right.length && left.every((part, index) => sameJson(part, right[index]));
};
