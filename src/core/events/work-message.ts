import * as z from 'zod/mini';
import type { WorkKey } from '#core/ports/work-queue.ts';

const keySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('instance'), instanceId: z.string().check(z.regex(/^i-[0-9a-f]+$/)) }),
  z.object({
    kind: z.literal('node-eni'),
    name: z.string().check(z.minLength(1), z.maxLength(253)),
  }),
  z.object({
    kind: z.literal('namespace'),
    name: z.string().check(z.minLength(1), z.maxLength(63)),
  }),
]);

const delayedSchema = z.object({ key: keySchema, due: z.number() });

/** A reconcile that is due at a time: epoch seconds on the queue’s grid. */
export type DelayedReconcile = z.infer<typeof delayedSchema>;

const decode = <T>(schema: z.ZodMiniType<T>, body: string): T | undefined => {
  try {
    const parsed = schema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

/** The body of a message that asks for a reconcile: nothing but the id it is about. */
export const encodeWorkMessage = (key: WorkKey): string => JSON.stringify(key);

/** The key of a message; undefined for anything that is not one. */
export const decodeWorkMessage = (body: string): WorkKey | undefined => decode(keySchema, body);

export const encodeDelayedReconcile = (reconcile: DelayedReconcile): string =>
  JSON.stringify(reconcile);

export const decodeDelayedReconcile = (body: string): DelayedReconcile | undefined =>
  decode(delayedSchema, body);
