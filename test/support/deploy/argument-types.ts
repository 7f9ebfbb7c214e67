import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A type of a provider's package, as far as values can be held against it. */
export type ArgumentType =
  | { readonly kind: 'anything' }
  | { readonly kind: 'text' | 'number' | 'truth' }
  | { readonly kind: 'list' | 'map'; readonly of: ArgumentType }
  | { readonly kind: 'object'; readonly path: string }
  | { readonly kind: 'one of'; readonly of: readonly ArgumentType[] };

export type Shape = ReadonlyMap<
  string,
  { readonly type: ArgumentType; readonly isRequired: boolean }
>;

const OPENING = '<{([';
const CLOSING = '>})]';

/** Parts of a text between a separator, where no bracket is open. */
const splitOutside = (text: string, separator: string): readonly string[] => {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if (OPENING.includes(letter)) depth += 1;
    if (CLOSING.includes(letter)) depth -= 1;
    if (letter === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
};

/** The text between a heading and the bracket that closes it. */
const bodyAfter = (source: string, heading: string): string | undefined => {
  const start = source.indexOf(heading);
  if (start < 0) return undefined;
  const from = start + heading.length;
  let depth = 1;
  let end = from;
  for (; depth > 0 && end < source.length; end += 1) {
    if (source[end] === '{') depth += 1;
    if (source[end] === '}') depth -= 1;
  }
  return source.slice(from, end - 1);
};

const SIMPLE: Readonly<Record<string, ArgumentType>> = {
  string: { kind: 'text' },
  number: { kind: 'number' },
  boolean: { kind: 'truth' },
};

const parseType = (text: string): ArgumentType => {
  const choices = splitOutside(text, '|').filter((choice) => choice !== 'undefined');
  if (choices.length > 1) return { kind: 'one of', of: choices.map(parseType) };
  const [only = ''] = choices;
  const wrapped = /^pulumi\.Input<([\s\S]*)>$/.exec(only)?.[1];
  if (wrapped !== undefined) return parseType(wrapped);
  if (only.endsWith('[]')) return { kind: 'list', of: parseType(only.slice(0, -2)) };
  const map = /^\{\s*\[key: string\]:([\s\S]*);\s*\}$/.exec(only)?.[1];
  if (map !== undefined) return { kind: 'map', of: parseType(map) };
  const path = /^inputs\.([\w.]+)$/.exec(only)?.[1];
  if (path !== undefined) return { kind: 'object', path };
  return SIMPLE[only] ?? { kind: 'anything' };
};

const parseShape = (body: string): Shape =>
  new Map(
    splitOutside(body, ';').map((property) => {
      const colon = property.indexOf(':');
      const name = property.slice(0, colon).trim();
      const type = parseType(property.slice(colon + 1));
      return [name.replace('?', ''), { type, isRequired: !name.endsWith('?') }];
    }),
  );

const withoutComments = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\//g, '');

export type ArgumentTypes = {
  /** What the inputs of a resource may be. In: a type such as `aws:sqs/queue:Queue`. */
  readonly ofResource: (type: string) => Shape;
  /** What a nested object may be. In: its name, such as `lambda.FunctionEnvironment`. */
  readonly ofObject: (path: string) => Shape;
};

/** Reads the types of arguments out of a provider's npm package, each when it is first asked for. */
export const readArgumentTypes = (packageFolder: string): ArgumentTypes => {
  const read = (file: string): string =>
    withoutComments(readFileSync(join(packageFolder, file), 'utf8'));
  let nested: string | undefined;
  const shapes = new Map<string, Shape>();

  const remember = (key: string, find: () => string | undefined): Shape => {
    const known = shapes.get(key);
    if (known !== undefined) return known;
    const body = find();
    if (body === undefined) throw new Error(`${packageFolder} has no type ${key}`);
    const shape = parseShape(body);
    shapes.set(key, shape);
    return shape;
  };

  return {
    ofResource: (type) =>
      remember(type, () => {
        const [, file = '', name = ''] = /^\w+:([\w/]+):(\w+)$/.exec(type) ?? [];
        return bodyAfter(read(`${file.replace(/^index\//, '')}.d.ts`), `interface ${name}Args {`);
      }),
    ofObject: (path) =>
      remember(path, () => {
        const [namespace = '', name = ''] = path.split('.');
        nested ??= read('types/input.d.ts');
        const inside = bodyAfter(nested, `export declare namespace ${namespace} {`);
        return inside && bodyAfter(inside, `interface ${name} {`);
      }),
  };
};
