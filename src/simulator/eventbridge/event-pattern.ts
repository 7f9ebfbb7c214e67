/** An event pattern: nested objects down to lists of alternatives. */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly Alternative[];
}

type Alternative =
  | string
  | number
  | boolean
  | null
  | { readonly prefix: string }
  | { readonly wildcard: string }
  | { readonly exists: boolean }
  | { readonly 'anything-but': Literal | readonly Literal[] | { readonly prefix: string } };

type Literal = string | number;

const OPERATORS = new Set(['prefix', 'wildcard', 'exists', 'anything-but']);

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const startsWith = (value: unknown, prefix: string): boolean =>
  typeof value === 'string' && value.startsWith(prefix);

const literally = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');

/** A `*` stands for any characters, or none ("Comparison operators", EventBridge User Guide); escapes are not modelled. */
const isLike = (value: unknown, wildcard: string): boolean =>
  typeof value === 'string' &&
  new RegExp(`^${wildcard.split('*').map(literally).join('[^]*')}$`).test(value);

const isAnythingBut = (
  value: unknown,
  excluded: Literal | readonly Literal[] | { readonly prefix: string },
): boolean => {
  if (typeof excluded === 'object' && 'prefix' in excluded) {
    return !startsWith(value, excluded.prefix);
  }
  return ![excluded].flat().some((literal) => literal === value);
};

const matchesOne = (alternative: Alternative, value: unknown): boolean => {
  if (alternative === null || typeof alternative !== 'object') return alternative === value;
  if ('exists' in alternative) return alternative.exists === (value !== undefined);
  if (value === undefined) return false;
  if ('prefix' in alternative) return startsWith(value, alternative.prefix);
  if ('wildcard' in alternative) return isLike(value, alternative.wildcard);
  return isAnythingBut(value, alternative['anything-but']);
};

/** A list in the event matches when one of its items does. */
const matchesLeaf = (alternatives: readonly Alternative[], value: unknown): boolean =>
  (isList(value) ? value : [value]).some((item) =>
    alternatives.some((alternative) => matchesOne(alternative, item)),
  );

const isLeaf = (part: EventPattern | readonly Alternative[]): part is readonly Alternative[] =>
  Array.isArray(part);

/**
 * True when an event has what a pattern asks for: every field, one alternative of each
 * ("Amazon EventBridge event patterns", EventBridge User Guide).
 */
export const matchesPattern = (pattern: EventPattern, event: unknown): boolean =>
  Object.entries(pattern).every(([field, part]) => {
    const value = isObject(event) ? event[field] : undefined;
    if (isLeaf(part)) return matchesLeaf(part, value);
    return (isList(value) ? value : [value]).some((item) => matchesPattern(part, item));
  });

/**
 * Throws for a pattern that AWS refuses (no list at a leaf, an empty list) and for an operator that this
 * matcher does not know: a rule must not match less here than in AWS.
 */
export const checkPattern = (pattern: unknown, path = 'pattern'): void => {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`InvalidEventPatternException: ${path} must be a non-empty object`);
  }
  for (const [field, part] of Object.entries(pattern)) {
    if (!isList(part)) {
      checkPattern(part, `${path}.${field}`);
      continue;
    }
    const operators = part.filter(isObject).flatMap((alternative) => Object.keys(alternative));
    const unknown = operators.find((operator) => !OPERATORS.has(operator));
    if (part.length === 0 || unknown !== undefined) {
      const fault = unknown === undefined ? 'is an empty list' : `has the operator ${unknown}`;
      throw new Error(`InvalidEventPatternException: ${path}.${field} ${fault}`);
    }
  }
};
