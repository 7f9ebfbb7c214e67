import { isRecord } from './json-value.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** A null where the schema allows none counts as absent ("Defaulting and Nullable", kubernetes.io). */
const given = (schema: StructuralSchema, value: unknown): unknown =>
  value === null && schema.nullable !== true ? undefined : value;

/**
 * Drops the fields a schema does not name and fills in defaults, as the API server does on every write
 * ("Field pruning" and "Defaulting", kubernetes.io). Values of the wrong type stay for validation to find.
 */
export const pruneAndDefault = (schema: StructuralSchema, value: unknown): unknown => {
  const { properties, additionalProperties, items } = schema;
  if (Array.isArray(value) && items !== undefined) {
    return value.map((item) => pruneAndDefault(items, item));
  }
  if (!isRecord(value)) return value;
  if (properties !== undefined) {
    const fields = Object.entries(properties).flatMap(([name, property]) => {
      const kept = given(property, value[name]);
      const filled = kept === undefined ? property.default : kept;
      return filled === undefined ? [] : [[name, pruneAndDefault(property, filled)] as const];
    });
    return Object.fromEntries(fields);
  }
  if (additionalProperties !== undefined) {
    const entries = Object.entries(value).flatMap(([name, entry]) => {
      const kept = given(additionalProperties, entry);
      return kept === undefined
        ? []
        : [[name, pruneAndDefault(additionalProperties, kept)] as const];
    });
    return Object.fromEntries(entries);
  }
  return {};
};
