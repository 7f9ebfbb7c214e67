import { sameJson } from '#core/json.ts';
import type { JsonPatch } from '#providers/kubernetes/kubernetes-api.ts';
import { isRecord, partAt } from './json-value.ts';

type Operation = JsonPatch[number];

/** RFC 6901: a pointer's steps, `~1` a slash and `~0` a tilde. */
const stepsOf = (pointer: string): readonly string[] => {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new Error(`${pointer} is no JSON pointer`);
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const positionIn = (list: readonly unknown[], step: string, { op, path }: Operation): number => {
  if (op === 'add' && step === '-') return list.length;
  const position = /^(0|[1-9]\d*)$/.test(step) ? Number(step) : Number.NaN;
  const end = op === 'add' ? list.length : list.length - 1;
  if (!(position <= end)) throw new Error(`${op} ${path}: no such list item`);
  return position;
};

const changedList = (list: readonly unknown[], step: string, operation: Operation): unknown => {
  const position = positionIn(list, step, operation);
  switch (operation.op) {
    case 'add':
      return list.toSpliced(position, 0, operation.value);
    case 'remove':
      return list.toSpliced(position, 1);
    default:
      return list.with(position, operation.value);
  }
};

const changedRecord = (
  record: Readonly<Record<string, unknown>>,
  step: string,
  { op, path, value }: Operation,
): unknown => {
  if (op !== 'add' && !(step in record)) throw new Error(`${op} ${path}: no such field`);
  if (op !== 'remove') return { ...record, [step]: value };
  const { [step]: _removed, ...rest } = record;
  return rest;
};

const change = (target: unknown, steps: readonly string[], operation: Operation): unknown => {
  const [step, ...rest] = steps;
  if (step === undefined) return operation.value;
  if (rest.length > 0) {
    const part = change(partAt(target, [step]), rest, operation);
    if (Array.isArray(target)) return target.with(Number(step), part);
    return isRecord(target) ? { ...target, [step]: part } : target;
  }
  if (Array.isArray(target)) return changedList(target, step, operation);
  if (isRecord(target)) return changedRecord(target, step, operation);
  throw new Error(`${operation.op} ${operation.path}: no such place`);
};

const test = (target: unknown, { path, value }: Operation): unknown => {
  // The API server's library takes a missing field for null, so a test of null passes there.
  if (sameJson(partAt(target, stepsOf(path)) ?? null, value ?? null)) return target;
  throw new Error(`testing value ${path} failed: test failed`);
};

/**
 * RFC 6902, JSON Patch, with the four operations the product uses.
 * Out: the patched value. Throws a plain Error naming the first operation that cannot be done, a failed
 * `test` among them; nothing is changed then.
 */
export const applyJsonPatch = (target: unknown, patch: JsonPatch): unknown =>
  patch.reduce<unknown>(
    (value, operation) =>
      operation.op === 'test'
        ? test(value, operation)
        : change(value, stepsOf(operation.path), operation),
    target,
  );
