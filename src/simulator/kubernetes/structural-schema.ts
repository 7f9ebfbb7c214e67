import { partAt } from './json-value.ts';

/** The part of OpenAPI that a CustomResourceDefinition may use and ours do. */
export interface StructuralSchema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A CEL rule beside the field it is about. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
}

/** The schema of a CustomResourceDefinition's only version. */
export const structuralSchemaOf = (definition: unknown): StructuralSchema => {
  const path = ['spec', 'versions', 0, 'schema', 'openAPIV3Schema'];
  const schema: StructuralSchema = JSON.parse(JSON.stringify(partAt(definition, path)));
  return schema;
};

/** Every CEL rule in a schema, wherever it stands. */
export const rulesIn = (schema: StructuralSchema): readonly ValidationRule[] => [
  ...(schema['x-kubernetes-validations'] ?? []),
  ...[
    ...Object.values(schema.properties ?? {}),
    ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
    ...(schema.items === undefined ? [] : [schema.items]),
  ].flatMap(rulesIn),
];
