import type { OpenApiSchema } from './open-api.ts';

/**
 * The most that a part of a NodeENI or NodeENIState may hold: more than anybody needs, and little enough that no object comes near
 * the API server's limit for one. They stand in the CRD and are no part of the zod schema: what was stored before they were there is
 * still read.
 */
export const MOST = {
  /** Unless the field says otherwise. */
  characters: 4_096,
  items: 512,
  entries: 512,

  /** The largest types take 50 addresses on an interface; a prefix counts as one ("IP addresses per network interface"). */
  prefixes: 49,
  /** An instance has 15 interfaces, rarely more, and a region has 6 zones at most. */
  references: 32,
  /** "Amazon EC2 API: Filter": also the longest of EC2's names and ids. */
  idCharacters: 255,
  /** "Tag your Amazon EC2 resources", Amazon EC2 User Guide; of a Name tag too. */
  nameCharacters: 256,
  /** A prefix of 253, a slash and a name of 63 ("Labels and Selectors", kubernetes.io). */
  keyCharacters: 317,
  labelCharacters: 63,
  labels: 64,
  requirements: 16,
  requirementValues: 128,
  /** Looser than the rule of tags, which says what EC2 takes and why. */
  tags: 64,
  tagCharacters: 1_024,
  /** A driver has some sixty. */
  offloads: 64,
  sysctls: 64,
  namespaces: 64,
  routes: 32,
  /** An IPv6 address with its length of prefix. */
  cidrCharacters: 43,
  /** A node runs a few hundred pods. */
  spare: 256,
  /** Also of the Go controller, which lists every node. */
  attachments: 5_000,
  /** "Condition v1 meta", Kubernetes API Reference. */
  conditionCharacters: 32_768,
} as const;

/** An id as EC2 gives them, or a short one as in examples. Neither has a character that would be a wildcard in a filter. */
export const EC2_ID = '^[A-Za-z0-9-]*$';

interface Bounds extends OpenApiSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

/** Gives a string, list or map that has no bound the usual one. */
export const boundSchema = (schema: { [keyword: string]: unknown }): void => {
  const { type, properties } = schema;
  if (type === 'string' && schema.enum === undefined) schema.maxLength ??= MOST.characters;
  if (type === 'array') schema.maxItems ??= MOST.items;
  if (type === 'object' && properties === undefined) schema.maxProperties ??= MOST.entries;
};

const inWords = (path: string, most: number, what: string, found: number): string =>
  `${path}: at most ${most} ${what}, and there are ${found}`;

const textFaults = ({ maxLength, pattern }: Bounds, text: string, path: string): string[] => {
  // The API server counts code points.
  const length = [...text].length;
  if (maxLength !== undefined && length > maxLength)
    return [inWords(path, maxLength, 'characters', length)];
  return pattern === undefined || new RegExp(pattern, 'u').test(text)
    ? []
    : [`${path}: use letters, digits and "-" only`];
};

const faultsAt = (schema: Bounds, value: unknown, path: string): string[] => {
  if (typeof value === 'string') return textFaults(schema, value, path);
  const { maxItems, maxProperties, items = {}, properties, additionalProperties = {} } = schema;
  if (Array.isArray(value))
    return maxItems !== undefined && value.length > maxItems
      ? [inWords(path, maxItems, 'items', value.length)]
      : value.flatMap((item, index) => faultsAt(items, item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  if (maxProperties !== undefined && entries.length > maxProperties)
    return [inWords(path, maxProperties, 'entries', entries.length)];
  return entries.flatMap(([key, part]) =>
    faultsAt(properties?.[key] ?? additionalProperties, part, `${path}.${key}`),
  );
};

/** Where a value holds more than its schema allows, each by its path (`spec.subnetIDs: …`). */
export const boundFaults = (schema: OpenApiSchema, value: unknown, path: string): string[] =>
  faultsAt(schema, value, path);
