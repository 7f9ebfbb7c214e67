import { fieldPath } from '#core/field-path.ts';
import { sameJson } from '#core/json.ts';
import { isRecord, type JsonRecord, partAt } from './json-value.ts';
import { rulesIn, type StructuralSchema } from './structural-schema.ts';
import { checkOf } from './validation-rules.ts';

type Path = readonly (string | number)[];

/** A fault in the API server's words, the path included. */
export interface Fault {
  readonly text: string;
  /** The value that is wrong: a write that leaves it as it was is not refused for it. */
  readonly subject: Path;
  /** Keeps the CEL rules from being looked at: a wrong type, choice, presence or length, but not a range. */
  readonly isBlocking: boolean;
}

const quoted = (value: unknown): string => {
  if (Array.isArray(value)) return '"array"';
  return isRecord(value) ? '"object"' : JSON.stringify(value);
};

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

const isOfType = (type: string | undefined, value: unknown): boolean =>
  type === undefined || typeOf(value) === type || (type === 'number' && typeof value === 'number');

/** Items of a list are not followed from one version of an object to the next: the list is. */
const subjectOf = (path: Path): Path => {
  const list = path.findIndex((step) => typeof step === 'number');
  return list === -1 ? path : path.slice(0, list);
};

const fault = (path: Path, what: string): Fault => ({
  text: `${fieldPath(path)}: ${what}`,
  subject: subjectOf(path),
  isBlocking: false,
});

const blocking = (path: Path, what: string): Fault => ({ ...fault(path, what), isBlocking: true });

const invalidValue = (path: Path, value: unknown, message: string): Fault =>
  fault(path, `Invalid value: ${quoted(value)}: ${fieldPath(path)} in body ${message}`);

const numberFaults = (
  { minimum, maximum }: StructuralSchema,
  value: number,
  path: Path,
): readonly Fault[] => {
  if (minimum !== undefined && value < minimum) {
    return [invalidValue(path, value, `should be greater than or equal to ${minimum}`)];
  }
  if (maximum !== undefined && value > maximum) {
    return [invalidValue(path, value, `should be less than or equal to ${maximum}`)];
  }
  return [];
};

const stringFaults = (schema: StructuralSchema, value: string, path: Path): readonly Fault[] => {
  const { minLength, maxLength, pattern } = schema;
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const supported = schema.enum.map((choice) => JSON.stringify(choice)).join(', ');
    return [blocking(path, `Unsupported value: ${quoted(value)}: supported values: ${supported}`)];
  }
  if (minLength !== undefined && value.length < minLength) {
    return [invalidValue(path, value, `should be at least ${minLength} chars long`)];
  }
  // Code points ("utf8.RuneCountInString", kube-openapi's validator).
  if (maxLength !== undefined && [...value].length > maxLength) {
    return [blocking(path, `Too long: may not be more than ${maxLength} bytes`)];
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    return [invalidValue(path, value, `should match '${pattern}'`)];
  }
  return [];
};

/** Of lists and maps alike ("field.TooMany", apimachinery). */
const tooMany = (path: Path, count: number, most: number | undefined): readonly Fault[] =>
  most === undefined || count <= most
    ? []
    : [blocking(path, `Too many: ${count}: must have at most ${most} items`)];

const recordFaults = (
  schema: StructuralSchema,
  value: JsonRecord,
  path: Path,
): readonly Fault[] => [
  ...tooMany(path, Object.keys(value).length, schema.maxProperties),
  ...(schema.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name) => ({ ...blocking([...path, name], 'Required value'), subject: subjectOf(path) })),
  ...Object.entries(value).flatMap(([name, part]) => {
    const property = schema.properties?.[name] ?? schema.additionalProperties;
    return property === undefined ? [] : valueFaults(property, part, [...path, name]);
  }),
];

const listFaults = (
  schema: StructuralSchema,
  value: readonly unknown[],
  path: Path,
): readonly Fault[] => {
  const { items = {}, 'x-kubernetes-list-map-keys': keys } = schema;
  const faults = [
    ...tooMany(path, value.length, schema.maxItems),
    ...value.flatMap((item, index) => valueFaults(items, item, [...path, index])),
  ];
  if (keys === undefined) return faults;
  const keyOf = (item: unknown) => JSON.stringify(keys.map((key) => partAt(item, [key])));
  const seen = value.map(keyOf);
  const duplicates = value.flatMap((item, index) => {
    if (seen.indexOf(keyOf(item)) === index) return [];
    const key = Object.fromEntries(keys.map((name) => [name, partAt(item, [name])]));
    return [fault([...path, index], `Duplicate value: ${JSON.stringify(key)}`)];
  });
  return [...faults, ...duplicates];
};

/** Faults of type, range, length, choice and presence. */
const valueFaults = (schema: StructuralSchema, value: unknown, path: Path): readonly Fault[] => {
  if (value === null && schema.nullable === true) return [];
  if (!isOfType(schema.type, value)) {
    const what = `must be of type ${schema.type}: ${quoted(typeOf(value))}`;
    return [
      blocking(path, `Invalid value: ${quoted(typeOf(value))}: ${fieldPath(path)} in body ${what}`),
    ];
  }
  if (typeof value === 'number') return numberFaults(schema, value, path);
  if (typeof value === 'string') return stringFaults(schema, value, path);
  if (Array.isArray(value)) return listFaults(schema, value, path);
  return isRecord(value) ? recordFaults(schema, value, path) : [];
};

const ruleFaults = (schema: StructuralSchema, value: unknown, path: Path): readonly Fault[] => {
  if (value === undefined) return [];
  const own = (schema['x-kubernetes-validations'] ?? [])
    .filter(({ rule }) => !checkOf(rule)(value))
    .map(({ message }) => fault(path, `Invalid value: ${quoted(typeOf(value))}: ${message}`));
  if (!isRecord(value)) return own;
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const property = schema.properties?.[name] ?? schema.additionalProperties;
    return property === undefined ? [] : ruleFaults(property, part, [...path, name]);
  });
  return [...own, ...parts];
};

/** What the API server adds when it passed over the CEL rules. */
const UNCHECKED: Fault = {
  text: '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  subject: [],
  isBlocking: false,
};

/**
 * Every fault of a value by its path. With the stored value, faults of what did not change are let pass
 * ("Validation ratcheting", kubernetes.io), so that an object older than a rule can still be written.
 */
export const schemaFaults = (
  schema: StructuralSchema,
  value: unknown,
  stored?: unknown,
): readonly Fault[] => {
  const isNew = ({ subject }: Fault): boolean =>
    stored === undefined || !sameJson(partAt(stored, subject), partAt(value, subject));
  const faults = valueFaults(schema, value, []).filter(isNew);
  if (rulesIn(schema).length === 0) return faults;
  if (faults.some(({ isBlocking }) => isBlocking)) return [...faults, UNCHECKED];
  return [...faults, ...ruleFaults(schema, value, []).filter(isNew)];
};
