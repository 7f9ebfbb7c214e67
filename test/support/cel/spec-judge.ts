import type { OpenApiSchema } from '#core/apis/v1alpha1/open-api.ts';
import { compileRule } from './validation-rule.ts';

interface Validation {
  readonly rule: string;
  readonly message: string;
}

type Judge = (value: unknown) => readonly string[];

/** The part of a value under a key; undefined where there is none, for which no rule is asked. */
const partOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** Judges values by the CEL rules that a schema carries, at every place. Out: the messages of those that are broken. */
export const judgeBySchema = (schema: OpenApiSchema): Judge => {
  const validations = (schema['x-kubernetes-validations'] ?? []) as readonly Validation[];
  const own = validations.map(({ rule, message }) => ({
    message,
    keeps: compileRule(schema, rule),
  }));
  const below = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => [name, judgeBySchema(property)] as const,
  );
  return (value) => [
    ...own.filter(({ keeps }) => !keeps(value)).map(({ message }) => message),
    ...below.flatMap(([name, judge]) => {
      const part = partOf(value, name);
      return part === undefined ? [] : judge(part);
    }),
  ];
};
