import { parse } from '@aws-lambda-powertools/parser';
import * as z from 'zod/mini';

/** The part of a Function URL's call that is read ("Invoking Lambda function URLs", payload format 2.0). */
const callSchema = z.object({
  rawPath: z.string(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
  body: z.optional(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
});

export type FunctionUrlCall = z.infer<typeof callSchema>;

/** Undefined for an event that no Function URL sends. Leaves the body alone. */
export const readCall = (event: unknown): FunctionUrlCall | undefined => {
  const call = parse(event, undefined, callSchema, true);
  return call.success ? call.data : undefined;
};

/**
 * The largest body that is parsed, in characters. An API server refuses objects of more than 1.5 MiB
 * (etcd's request limit) and sends a review as plain JSON with the object at most twice, old and new.
 */
const MAXIMUM_BODY_LENGTH = 3 * 1024 * 1024;

/** The JSON in a body; undefined for one that is absent, oversized or no JSON. */
export const readBody = ({ body = '', isBase64Encoded }: FunctionUrlCall): unknown => {
  if (body.length > MAXIMUM_BODY_LENGTH) return undefined;
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
  } catch {
    // The error quotes the body, so it must not get near a log.
    return undefined;
  }
};
