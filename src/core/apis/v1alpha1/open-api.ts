import { z } from 'zod';
import { boundSchema } from './bounds.ts';

/** The part of an OpenAPI v3 schema that this product reads itself; the rest is written through. */
export interface OpenApiSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema;
  readonly items?: OpenApiSchema;
}

/** Bounds that zod writes for every integer and that say nothing. */
const isUnbounded = (value: unknown): boolean =>
  value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;

const simplify = (schema: { [keyword: string]: unknown }): void => {
  for (const bound of ['minimum', 'maximum']) if (isUnbounded(schema[bound])) delete schema[bound];
  // A structural schema says nothing of the keys of a map.
  delete schema.propertyNames;
  boundSchema(schema);
};

/**
 * The schema of what people write (defaults not applied yet), as a CRD carries it: structural, without references
 * ("Specifying a structural schema", Extend the Kubernetes API with CustomResourceDefinitions, kubernetes.io).
 */
export const openApiSchemaOf = (schema: z.ZodType): OpenApiSchema =>
  z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    override: ({ jsonSchema }) => simplify(jsonSchema as { [keyword: string]: unknown }),
  }) as OpenApiSchema;
