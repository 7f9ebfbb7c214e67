import type { ArgumentType, ArgumentTypes, Shape } from './argument-types.ts';

/** Values that the engine puts in place of others: assets and secrets, and what is not known yet. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export type ArgumentFault = { readonly property: string; readonly reason: string };

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const IS_OF_KIND: Readonly<Record<ArgumentType['kind'], (value: unknown) => boolean>> = {
  // The provider turns these into text.
  text: (value) => ['string', 'number', 'boolean'].includes(typeof value),
  number: (value) => typeof value === 'number',
  truth: (value) => typeof value === 'boolean',
  list: Array.isArray,
  map: isObject,
  object: isObject,
  'one of': () => true,
  anything: () => true,
};

const isReplaced = (value: unknown): boolean =>
  value === UNKNOWN || (isObject(value) && SIGNATURE in value);

/**
 * Holds what is asked for against a provider's types. Out: a check that takes a type such as `aws:sqs/queue:Queue` and its
 * inputs, and gives what is missing, unknown or of another kind.
 */
export const createArgumentCheck = (types: ArgumentTypes) => {
  const inside = (type: ArgumentType, value: object, at: string): readonly ArgumentFault[] => {
    if (type.kind === 'object') return inShape(types.ofObject(type.path), value, `${at}.`);
    if (type.kind !== 'list' && type.kind !== 'map') return [];
    return Object.entries(value).flatMap(([key, inner]) => inType(type.of, inner, `${at}.${key}`));
  };

  const inType = (type: ArgumentType, value: unknown, at: string): readonly ArgumentFault[] => {
    if (isReplaced(value)) return [];
    if (type.kind === 'one of') {
      const each = type.of.map((one) => inType(one, value, at));
      return each.find((faults) => faults.length === 0) ?? each[0] ?? [];
    }
    if (!IS_OF_KIND[type.kind](value))
      return [{ property: at, reason: `is ${JSON.stringify(value)}, which is no ${type.kind}` }];
    return typeof value === 'object' && value !== null ? inside(type, value, at) : [];
  };

  const inShape = (shape: Shape, value: object, prefix: string): readonly ArgumentFault[] => {
    const missing = [...shape]
      .filter(([name, { isRequired }]) => isRequired && !(name in value))
      .map(([name]) => ({ property: prefix + name, reason: 'is required' }));
    const given = Object.entries(value).flatMap(([name, inner]) => {
      const property = shape.get(name);
      return property === undefined
        ? [{ property: prefix + name, reason: 'is no property of the pinned provider' }]
        : inType(property.type, inner, prefix + name);
    });
    return [...missing, ...given];
  };

  return (type: string, { __defaults: _, ...inputs }: Readonly<Record<string, unknown>>) =>
    inShape(types.ofResource(type), inputs, '');
};
