import { Environment } from '@marcbachmann/cel-js';
import type { OpenApiSchema } from '#core/apis/v1alpha1/open-api.ts';
import { celValue } from './value.ts';

const SCALARS: Readonly<Record<string, string>> = {
  boolean: 'bool',
  integer: 'int',
  number: 'double',
  string: 'string',
};

/** The CEL type of a schema; each object with properties becomes a type that is named after its place. */
const declare = (environment: Environment, schema: OpenApiSchema, place: string): string => {
  const { type, properties, additionalProperties, items } = schema;
  if (items) return `list<${declare(environment, items, `${place}Item`)}>`;
  if (additionalProperties)
    return `map<string, ${declare(environment, additionalProperties, `${place}Value`)}>`;
  if (type !== 'object') return SCALARS[String(type)] ?? 'dyn';
  const fields = Object.entries(properties ?? {}).map(([name, property]) => [
    name,
    declare(environment, property, `${place}_${name}`),
  ]);
  environment.registerType(place, { fields: Object.fromEntries(fields) });
  return place;
};

/**
 * What an API server makes of a rule of `x-kubernetes-validations` ("Validation rules", Extend the Kubernetes API with
 * CustomResourceDefinitions, kubernetes.io): `self` has the type of its schema, and a rule is a bool. Throws for a rule
 * that a server would not take. Out: whether a value keeps it.
 */
export const compileRule = (schema: OpenApiSchema, rule: string): ((self: unknown) => boolean) => {
  const environment = new Environment({ enableOptionalTypes: true });
  environment.registerVariable('self', declare(environment, schema, 'Self'));
  const { valid, type, error } = environment.check(rule);
  if (!valid || type !== 'bool') throw error ?? new Error(`not a bool but ${type}: ${rule}`);
  return (self) => environment.evaluate(rule, { self: celValue(self) }) === true;
};
