import { elementTexts, propertySpans, rootStart, type Span } from './json-spans.ts';

/** Marks an entry as ours. The plugin reads with Go's encoding/json, which passes over fields it does not know. */
export const OWNER = 'nodeeni.networking.k8s.aws';
export const OWNER_FIELD = 'managedBy';

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for an entry that this agent wrote, on whatever node and in whatever run. */
export const isOurs = (entry: unknown): boolean => isObject(entry) && entry[OWNER_FIELD] === OWNER;

/**
 * A field as the plugin reads it: Go's encoding/json takes a key in any case, and of several the last ("Unmarshal",
 * pkg.go.dev/encoding/json).
 */
export const fieldOf = (entry: Json, name: string): unknown =>
  Object.entries(entry).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

/** One entry of the list: what it says, and its very bytes with the white space around. */
export interface ListElement {
  readonly entry: unknown;
  readonly text: string;
}

export interface LocatedList {
  /** Where the list lies; absent when the file has none yet. */
  readonly span?: Span;
  readonly elements: readonly ListElement[];
}

const isListKey = (key: string): boolean => key.toLowerCase() === 'resourcelist';

const parsed = (text: string): { readonly value: unknown } | string => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** The list of resources in the text of a configuration; a string says why there is none to be found. */
export const locateList = (text: string): LocatedList | string => {
  const root = parsed(text);
  if (typeof root === 'string') return root;
  if (!isObject(root.value)) return 'it is no JSON object';
  const [property, second] = propertySpans(text, rootStart(text)).filter(({ key }) =>
    isListKey(key),
  );
  if (second !== undefined) return 'it has more than one resourceList';
  if (property === undefined) return { elements: [] };
  const span = property.value;
  const entries: unknown = JSON.parse(text.slice(span.start, span.end));
  if (entries === null) return { span, elements: [] };
  if (!Array.isArray(entries)) return 'its resourceList is no array';
  const texts = elementTexts(text, span.start);
  return {
    span,
    elements: entries.map((entry: unknown, index) => ({ entry, text: texts[index] ?? '' })),
  };
};
