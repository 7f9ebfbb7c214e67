import { isRecord, recordOf } from './json-value.ts';

/**
 * RFC 7386, JSON Merge Patch: objects merge, null removes a field, everything else (lists too) replaces.
 * Out: the patched value; `target` stays as it is.
 */
export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isRecord(patch)) return patch;
  const result = new Map(Object.entries(recordOf(target)));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) result.delete(field);
    else result.set(field, applyMergePatch(result.get(field), value));
  }
  return Object.fromEntries(result);
};
