import { sameJson } from '#core/json.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The paths of what is in a value and not, or otherwise, in what was read of it. */
export const lostPaths = (value: unknown, read: unknown, path: string): readonly string[] => {
  if (isObject(value) && isObject(read))
    return Object.entries(value).flatMap(([name, part]) =>
      lostPaths(part, read[name], `${path}.${name}`),
    );
  return value === undefined || sameJson(value, read) ? [] : [path];
};
