import type { OpenApiSchema } from './open-api.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * The paths of fields that the schema does not have. The API server drops such fields, and refuses them where strict
 * validation is asked for, as kubectl does ("Field validation", Kubernetes API Concepts).
 */
export const unknownFields = (schema: OpenApiSchema, value: unknown, path: string): string[] => {
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((item, index) => unknownFields(items, item, `${path}[${index}]`));
  }
  const { properties } = schema;
  if (!isObject(value) || properties === undefined) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const fieldPath = `${path}.${name}`;
    return property === undefined ? [fieldPath] : unknownFields(property, field, fieldPath);
  });
};
